//! An input that is several texts, readable as one.

/// What stands between the parts of an input.
const BETWEEN: &[u8] = b"%%%\n";

/// The parts of an input, in their order.
pub(super) fn parts(mut data: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) = data.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        parts.push(&data[..at]);
        data = &data[at + BETWEEN.len()..];
    }
    parts.push(data);
    parts
}

/// The first parts of an input; empty where there are no more.
pub(super) fn few<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = parts(data).into_iter();
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The letter an input begins with, which says what it is, and the rest.
pub(super) fn lettered(data: &[u8]) -> (u8, &[u8]) {
    match data.split_first() {
        Some((letter, rest)) => (*letter, rest.strip_prefix(b"\n").unwrap_or(rest)),
        None => (0, data),
    }
}

/// Parts of which each begins with a line of its own: that line, and what is below it.
pub(super) fn titled(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    let titled = |part: &[u8]| {
        let end = part.iter().position(|byte| *byte == b'\n');
        let (title, rest) = match end {
            Some(end) => (&part[..end], &part[end + 1..]),
            None => (part, &part[..0]),
        };
        (String::from_utf8_lossy(title).into_owned(), rest.to_vec())
    };
    parts(data).into_iter().map(titled).collect()
}
