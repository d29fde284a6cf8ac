//! x
use super::Docket;
/// x
pub const FORMAT: &str = "git-docket-markdown/1";
/// x
pub fn write(_docket: &Docket) -> String {
    String::new()
}
