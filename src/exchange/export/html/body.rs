//! Markdown as HTML: the structure of a body, and every text of it escaped.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::text::{address, escaped};

/// The level of the heading above a body; its own are below.
const LEVEL: usize = 3;

/// The lowest level there is.
const LOWEST: usize = 6;

/// How deep quotes and lists nest on the page; what is deeper stands at this depth.
const NESTING: usize = 40;

/// A body as HTML.
pub(super) fn html(body: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer::default();
    for event in Parser::new_ext(body, options) {
        writer.event(event);
    }
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Of every link that is open, whether it is one.
    links: Vec<bool>,
    /// How the columns of the table are aligned.
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// How many quotes and lists are open.
    depth: usize,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.out.push_str(&escaped(&text)),
            Event::Code(text) => self.out.push_str(&format!("<code>{}</code>", escaped(&text))),
            // Raw HTML is what somebody wrote, and no more.
            Event::Html(text) | Event::InlineHtml(text) => self.out.push_str(&escaped(&text)),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(ticked) => {
                let (mark, word) = if ticked { ("☑", "done") } else { ("☐", "open") };
                self.out.push_str(&format!(
                    "<span class=\"box\" role=\"img\" aria-label=\"{word}\">{mark}</span> "
                ));
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.out.push_str(&escaped(&text));
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        self.depth += usize::from(matches!(tag, Tag::BlockQuote(_) | Tag::List(_)));
        match tag {
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item if self.depth > NESTING => {}
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level, .. } => self.out.push_str(&format!("<h{}>", demoted(*level))),
            Tag::BlockQuote(_) => self.out.push_str("<blockquote>\n"),
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) if !language.is_empty() => {
                        format!(" title=\"{}\"", escaped(language))
                    }
                    _ => String::new(),
                };
                self.out.push_str(&format!("<pre tabindex=\"0\"{language}><code>"));
            }
            Tag::HtmlBlock => self.out.push_str("<pre tabindex=\"0\" class=\"raw\"><code>"),
            Tag::List(Some(first)) => self.out.push_str(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::Table(columns) => {
                self.columns.clone_from(columns);
                self.out.push_str("<div class=\"wide\" tabindex=\"0\"><table>\n");
            }
            Tag::TableHead => {
                (self.in_head, self.column) = (true, 0);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                let class = match self.columns.get(self.column) {
                    Some(Alignment::Right) => " class=\"right\"",
                    Some(Alignment::Center) => " class=\"center\"",
                    _ => "",
                };
                self.column += 1;
                let cell = if self.in_head { "th scope=\"col\"" } else { "td" };
                self.out.push_str(&format!("<{cell}{class}>"));
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            // A picture would have to be fetched: it is a link with its description.
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.link(dest_url),
            _ => {}
        }
    }

    /// A link within a link would end the outer one.
    fn link(&mut self, url: &str) {
        let url = address(url).filter(|_| !self.links.contains(&true));
        self.links.push(url.is_some());
        if let Some(url) = url {
            self.out
                .push_str(&format!("<a href=\"{url}\" rel=\"noopener noreferrer\">"));
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let nests = matches!(tag, TagEnd::BlockQuote(_) | TagEnd::List(_));
        let too_deep = self.depth > NESTING;
        self.depth -= usize::from(nests);
        let text = match tag {
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item if too_deep => "",
            TagEnd::Paragraph => "</p>\n",
            TagEnd::Heading(level) => {
                self.out.push_str(&format!("</h{}>\n", demoted(level)));
                return;
            }
            TagEnd::BlockQuote(_) => "</blockquote>\n",
            TagEnd::CodeBlock | TagEnd::HtmlBlock => "</code></pre>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::Table => "</tbody></table></div>\n",
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead>\n<tbody>"
            }
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell if self.in_head => "</th>",
            TagEnd::TableCell => "</td>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::Link | TagEnd::Image if self.links.pop() == Some(true) => "</a>",
            _ => "",
        };
        self.out.push_str(text);
    }
}

fn demoted(level: HeadingLevel) -> usize {
    (level as usize + LEVEL).min(LOWEST)
}

#[cfg(test)]
mod tests {
    use super::{NESTING, html};

    #[test]
    fn a_body_is_structure_and_text() {
        for (body, expected) in [
            ("# A & B", "<h4>A &amp; B</h4>\n"),
            (
                "<script>x</script>",
                "<pre tabindex=\"0\" class=\"raw\"><code>&lt;script&gt;x&lt;/script&gt;</code></pre>\n",
            ),
            (
                "a <b onclick='x'>b</b>",
                "<p>a &lt;b onclick=&#39;x&#39;&gt;b&lt;/b&gt;</p>\n",
            ),
            ("[a](javascript:alert)", "<p>a</p>\n"),
            (
                "[a](JaVaScript:alert) [b](data:text/html,x) [c](//x.y) [d](/e)",
                "<p>a b c d</p>\n",
            ),
            (
                "[a](https://x.y/?a=\"b\"&c)",
                "<p><a href=\"https://x.y/?a=&quot;b&quot;&amp;c\" rel=\"noopener noreferrer\">a</a></p>\n",
            ),
            (
                "![shot](https://x.y/z.png)",
                "<p><a href=\"https://x.y/z.png\" rel=\"noopener noreferrer\">shot</a></p>\n",
            ),
            (
                "- [x] done\n- [ ] not",
                "<ul>\n<li><span class=\"box\" role=\"img\" aria-label=\"done\">☑</span> done</li>\n\
                 <li><span class=\"box\" role=\"img\" aria-label=\"open\">☐</span> not</li>\n</ul>\n",
            ),
            (
                "```\"><b>\nx\n```",
                "<pre tabindex=\"0\" title=\"&quot;&gt;&lt;b&gt;\"><code>x\n</code></pre>\n",
            ),
            (
                "|a|b|\n|--:|---|\n|1|<i>|",
                "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\" class=\"right\">a</th>\
                 <th scope=\"col\">b</th></tr></thead>\n<tbody><tr><td class=\"right\">1</td><td>&lt;i&gt;</td></tr>\n\
                 </tbody></table></div>\n",
            ),
        ] {
            assert_eq!(html(body), expected, "{body}");
        }
        let deep = html(&format!("{}deep", ">".repeat(10_000)));
        let count = |text: &str| deep.matches(text).count();
        assert_eq!(
            (count("<blockquote>"), count("</blockquote>"), count("<p>deep</p>")),
            (NESTING, NESTING, 1)
        );
    }
}
