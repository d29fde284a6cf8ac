//! x
use super::Docket;
/// x
pub const FORMAT: &str = "git-docket-html/1";
/// x
pub fn write(_docket: &Docket) -> String {
    String::new()
}
