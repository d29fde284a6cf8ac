//! Half characters in what comes in, mended.
//!
//! A text cut inside an emoji is written as an escape of half a character, such as `\ud83d`. Readers of JSON refuse the
//! whole line, nobody can say to which call, and its client waits in vain: so the half becomes U+FFFD.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

/// What stands for half a character.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// How long an escape is: `\ud83d`.
const ESCAPE: usize = 6;

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// Reads what another reads, with half characters mended.
pub(super) struct Mended<R> {
    inner: R,
    mender: Mender,
    ready: Vec<u8>,
    given: usize,
}

impl<R> Mended<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            mender: Mender::default(),
            ready: Vec::new(),
            given: 0,
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Mended<R> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let this = &mut *self;
        while this.given == this.ready.len() {
            this.ready.clear();
            this.given = 0;
            let mut chunk = [0; CHUNK];
            let mut read = ReadBuf::new(&mut chunk);
            match Pin::new(&mut this.inner).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if read.filled().is_empty() => {
                    this.mender.finish(&mut this.ready);
                    if this.ready.is_empty() {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(Ok(())) => this.mender.take(read.filled(), &mut this.ready),
                other => return other,
            }
        }
        let rest = &this.ready[this.given..];
        let fits = rest.len().min(to.remaining());
        to.put_slice(&rest[..fits]);
        this.given += fits;
        Poll::Ready(Ok(()))
    }
}

/// Looks at escapes as they come by.
#[derive(Default)]
struct Mender {
    /// The first half of a character, where one was read, and the beginning of the next escape.
    held: Vec<u8>,
}

impl Mender {
    fn take(&mut self, input: &[u8], out: &mut Vec<u8>) {
        for byte in input {
            if self.held.is_empty() && *byte != b'\\' {
                out.push(*byte);
                continue;
            }
            self.held.push(*byte);
            self.settle(out);
        }
    }

    /// Lets go of what is known to be whole, or half.
    fn settle(&mut self, out: &mut Vec<u8>) {
        loop {
            match kind(&self.held) {
                Kind::Unknown => return,
                Kind::Plain => {
                    out.append(&mut self.held);
                    return;
                }
                Kind::SecondHalf => {
                    out.extend_from_slice(REPLACEMENT);
                    self.held.drain(..ESCAPE);
                }
                Kind::FirstHalf => match kind(&self.held[ESCAPE..]) {
                    Kind::Unknown => return,
                    Kind::SecondHalf => {
                        out.append(&mut self.held);
                        return;
                    }
                    Kind::Plain | Kind::FirstHalf => {
                        out.extend_from_slice(REPLACEMENT);
                        self.held.drain(..ESCAPE);
                    }
                },
            }
            if self.held.first().is_some_and(|byte| *byte != b'\\') {
                out.append(&mut self.held);
            }
        }
    }

    /// There is no more.
    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }
}

/// What some bytes begin with.
enum Kind {
    /// Too few to tell.
    Unknown,
    /// No escape of half a character.
    Plain,
    FirstHalf,
    SecondHalf,
}

fn kind(bytes: &[u8]) -> Kind {
    let fits = |at: usize, fits: fn(u8) -> bool| bytes.get(at).is_none_or(|byte| fits(*byte));
    let is_half = fits(0, |byte| byte == b'\\')
        && fits(1, |byte| byte == b'u')
        && fits(2, |byte| byte.eq_ignore_ascii_case(&b'd'))
        && fits(3, |byte| matches!(byte, b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F'))
        && (4..ESCAPE).all(|at| fits(at, |byte| byte.is_ascii_hexdigit()));
    match bytes.get(3) {
        _ if !is_half => Kind::Plain,
        Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B') if bytes.len() >= ESCAPE => Kind::FirstHalf,
        Some(_) if bytes.len() >= ESCAPE => Kind::SecondHalf,
        _ => Kind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str, chunk: usize) -> String {
        let (mut mender, mut out) = (Mender::default(), Vec::new());
        text.as_bytes()
            .chunks(chunk)
            .for_each(|chunk| mender.take(chunk, &mut out));
        mender.finish(&mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn halves_are_mended_and_all_else_stays() {
        for (text, expected) in [
            (
                r#"{"a":"plain é \n \u00e9 \\ \" "}"#,
                r#"{"a":"plain é \n \u00e9 \\ \" "}"#,
            ),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\uD83D\uDE00x""#, r#""\uD83D\uDE00x""#),
            (r#""cut \ud83d""#, r#""cut \ufffd""#),
            (r#""cut \ud83d and on""#, r#""cut \ufffd and on""#),
            (r#""\ude00 first""#, r#""\ufffd first""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\n""#, r#""\ufffd\n""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            (r#""\ud83d\\ud83d""#, r#""\ufffd\\ud83d""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud7ff\ue000""#, r#""\ud7ff\ue000""#),
            (r#""\ud83"#, r#""\ud83"#),
            (r#""\ud83d\"#, r#""\ud83d\"#),
        ] {
            for chunk in 1..=text.len() {
                assert_eq!(mended(text, chunk), expected, "{text} by {chunk}");
            }
        }
    }
}
