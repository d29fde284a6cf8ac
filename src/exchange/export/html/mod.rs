//! One page to look around in: everything in it, nothing loaded, nothing sent.
//!
//! The page says so itself: its content security policy allows the one style and the one script it
//! carries, by their hashes, and nothing else. Without the script everything is still there; only
//! searching is not. No text of a record becomes markup, and only links on the web and to mailboxes
//! are links.
//!
//! | module | holds |
//! |---|---|
//! | `page` | what every part looks up: names, children, notes |
//! | `text` | escaping, and the small pieces that all parts share |
//! | `body` | Markdown as HTML |
//! | `overview`, `items`, `watch` | counts; tree and board; vendors, deployments and enhancements |
//! | `details` | a section of each record, which all others link to |

mod body;
mod details;
mod items;
mod overview;
mod page;
mod text;
mod watch;

use sha2::{Digest as _, Sha256};

use self::page::Page;
use self::text::{escaped, time};
use super::Docket;
use super::encode::base64;
use crate::record::Kind;
use crate::record::work_item::{ItemType, Status};

/// The format, as the generator of the page names it.
pub const FORMAT: &str = "git-docket-html/1";

/// How the page looks.
const STYLE: &str = include_str!("../../../../templates/export.css");

/// Searching.
const SCRIPT: &str = include_str!("../../../../templates/export.js");

/// A part of the page: its anchor, its heading, what is in it.
struct Part {
    anchor: &'static str,
    title: &'static str,
    content: String,
}

/// The page of a docket.
#[must_use]
pub fn write(docket: &Docket) -> String {
    let page = Page::new(docket);
    let part = |anchor, title, content| Part { anchor, title, content };
    let parts = [
        part("overview", "Overview", overview::overview(&page)),
        part("tree", "Work items", items::tree(&page)),
        part("board", "Board", items::board(&page)),
        part("vendors", "Vendors", watch::vendors(&page)),
        part("deployments", "Deployments", watch::deployments(&page)),
        part("enhancements", "Enhancements", watch::enhancements(&page)),
        part("details", "Details", details::details(&page)),
        part("unread", "Files that cannot be read", details::unread(&page)),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.content.is_empty()).collect();
    let nav: String = parts
        .iter()
        .map(|part| format!("<li><a href=\"#{}\">{}</a></li>", part.anchor, part.title))
        .collect();
    let sections: String = parts.iter().map(section).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{policy}\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"{FORMAT}\">\n<title>Docket as of {short}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n{header}\
         <div class=\"bar\">\n<nav aria-label=\"Parts of this page\"><ul>{nav}</ul></nav>\n{search}</div>\n\
         <main id=\"main\" tabindex=\"-1\">\n{sections}</main>\n\
         <footer><p>Written by <code>git docket export html</code>, format <code>{FORMAT}</code>.</p></footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        policy = policy(),
        short = escaped(page.short_revision()),
        header = header(docket, &page),
        search = search(docket),
    )
}

/// What the browser may do: nothing but this style and this script.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text)));
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {style}; \
         script-src {script}; base-uri 'none'; form-action 'none'\">\n"
    )
}

fn header(docket: &Docket, page: &Page<'_>) -> String {
    let at = docket
        .head
        .committed_at
        .map(|at| format!("as of {}, ", time(at)))
        .unwrap_or_default();
    let repository = docket.head.repository.as_deref();
    let repository = repository
        .map(|id| format!(" of docket <code>{}</code>", escaped(id)))
        .unwrap_or_default();
    let revision = escaped(&docket.head.revision);
    format!(
        "<header class=\"top\">\n<h1>Docket</h1>\n<p>{at}commit <code title=\"{revision}\">{}</code>{repository}</p>\n\
         </header>\n",
        escaped(page.short_revision())
    )
}

/// The search form, shown by the script, which it is nothing without.
fn search(docket: &Docket) -> String {
    let options = |words: Vec<&str>| {
        words
            .iter()
            .map(|word| format!("<option>{word}</option>"))
            .collect::<String>()
    };
    let kinds = [Kind::Vendor, Kind::Deployment, Kind::Enhancement];
    let kinds = kinds.into_iter().filter(|kind| docket.of(*kind).next().is_some());
    let types = ItemType::ALL
        .iter()
        .map(|word| word.as_str())
        .chain(kinds.map(Kind::as_str))
        .collect();
    let statuses = Status::ALL.iter().map(|word| word.as_str()).collect();
    format!(
        "<search><form id=\"search\" hidden>\n\
         <label><span class=\"unseen\">Search</span><input type=\"search\" id=\"words\" placeholder=\"Search, press /\" \
         autocomplete=\"off\" spellcheck=\"false\"></label>\n\
         <label><span class=\"unseen\">Type</span><select id=\"type\"><option value=\"\">any type</option>{}</select></label>\n\
         <label><span class=\"unseen\">Status</span><select id=\"status\"><option value=\"\">any status</option>{}</select></label>\n\
         <output id=\"found\" for=\"words type status\" aria-live=\"polite\"></output>\n</form></search>\n",
        options(types),
        options(statuses)
    )
}

fn section(part: &Part) -> String {
    let Part { anchor, title, content } = part;
    format!(
        "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-title\">\n<h2 id=\"{anchor}-title\">{title}</h2>\n{content}</section>\n"
    )
}
