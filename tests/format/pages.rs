//! Reads an exported page as strictly as no browser does: every tag known, closed and where it may be, every attribute
//! quoted, nothing loaded from anywhere.

/// Tags the page has, those without an end first.
const EMPTY: &[&str] = &["meta", "input", "br", "hr", "rect"];
const TAGS: &[&str] = &[
    "html",
    "head",
    "title",
    "style",
    "body",
    "a",
    "header",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "code",
    "div",
    "nav",
    "ul",
    "ol",
    "li",
    "search",
    "form",
    "label",
    "span",
    "select",
    "option",
    "output",
    "main",
    "section",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "svg",
    "strong",
    "em",
    "del",
    "details",
    "summary",
    "bdi",
    "article",
    "dl",
    "dt",
    "dd",
    "time",
    "blockquote",
    "pre",
    "footer",
    "script",
];
const ATTRIBUTES: &[&str] = &[
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "href",
    "id",
    "aria-label",
    "aria-labelledby",
    "aria-hidden",
    "aria-live",
    "tabindex",
    "hidden",
    "type",
    "placeholder",
    "autocomplete",
    "spellcheck",
    "value",
    "for",
    "scope",
    "role",
    "title",
    "datetime",
    "rel",
    "start",
    "data-of",
    "data-type",
    "data-status",
    "open",
    "height",
    "width",
    "x",
];

/// Panics where the page is not what it should be.
pub(crate) fn check(page: &str) {
    let mut rest = page.strip_prefix("<!doctype html>\n").expect("a document type");
    let mut open: Vec<&str> = Vec::new();
    let mut ids = std::collections::HashSet::new();
    let mut anchors = Vec::new();
    while let Some(at) = rest.find('<') {
        text(&rest[..at]);
        let end = rest[at..]
            .find('>')
            .unwrap_or_else(|| panic!("an open tag: {}", &rest[at..]))
            + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closes another tag than was opened");
            continue;
        }
        let name = tag.split([' ', '/']).next().expect("a name");
        assert!(EMPTY.contains(&name) || TAGS.contains(&name), "<{tag}>");
        for (key, value) in attributes(&tag[name.len()..]) {
            assert!(ATTRIBUTES.contains(&key), "{key} in <{tag}>");
            match key {
                "id" => assert!(ids.insert(value), "{value} twice"),
                "href" if value.starts_with('#') => anchors.push(&value[1..]),
                "href" => {
                    let lower = value.to_lowercase();
                    let web = ["http://", "https://", "mailto:"]
                        .iter()
                        .any(|scheme| lower.starts_with(scheme));
                    assert!(name == "a" && web, "{value}");
                }
                "content" => {}
                _ => text(value),
            }
        }
        if ["style", "script"].contains(&name) {
            let (content, after) = rest.split_once(&format!("</{name}>")).expect("it is closed");
            assert!(!content.contains("url(") && !content.contains("@import") && !content.contains("://"));
            rest = after;
        } else if !EMPTY.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    for anchor in anchors {
        assert!(ids.contains(anchor), "nothing is called {anchor}");
    }
    assert!(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("unsafe"));
}

fn text(text: &str) {
    assert!(!text.contains('"') && !text.contains('\''), "{text:?}");
    assert!(
        text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')),
        "{text:?}"
    );
    for after in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"]
            .iter()
            .any(|entity| after.starts_with(entity));
        assert!(known, "&{after}");
    }
}

/// The attributes of a tag: ` key="value"` or ` key`.
fn attributes(mut rest: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    while let Some(next) = rest
        .trim_start()
        .strip_suffix('/')
        .or(Some(rest.trim_start()))
        .filter(|next| !next.is_empty())
    {
        let end = next.find(['=', ' ']).unwrap_or(next.len());
        let key = &next[..end];
        match next[end..].strip_prefix("=\"") {
            Some(value) => {
                let (value, after) = value.split_once('"').expect("the value is closed");
                found.push((key, value));
                rest = after;
            }
            None => {
                found.push((key, ""));
                rest = &next[end..];
            }
        }
    }
    found
}
