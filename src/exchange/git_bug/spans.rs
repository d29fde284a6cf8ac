//! Parts of JSON byte for byte: git-bug names an operation by the hash of the bytes it is written with.

/// The elements of the list at `key` of an object, as they are written; nothing where there is no such list.
///
/// The text must be JSON that was read already, else what comes back is anything.
pub(super) fn elements<'json>(json: &'json str, key: &str) -> Option<Vec<&'json str>> {
    let mut at = after(json, 0, '{')?;
    while !json[at..].starts_with('}') {
        let end = value_end(json, at)?;
        let name: String = serde_json::from_str(&json[at..end]).ok()?;
        at = after(json, skip_space(json, end), ':')?;
        let end = value_end(json, at)?;
        if name == key {
            return list(&json[at..end]);
        }
        at = next(json, end)?;
    }
    None
}

fn list(json: &str) -> Option<Vec<&str>> {
    let mut elements = Vec::new();
    let mut at = after(json, 0, '[')?;
    while !json[at..].starts_with(']') {
        let end = value_end(json, at)?;
        elements.push(&json[at..end]);
        at = next(json, end)?;
    }
    Some(elements)
}

/// Where the next member begins after one that ends at `end`, or the bracket behind the last one.
fn next(json: &str, end: usize) -> Option<usize> {
    let at = skip_space(json, end);
    match json[at..].starts_with(',') {
        true => after(json, at, ','),
        false => json[at..].starts_with(['}', ']']).then_some(at),
    }
}

/// Behind `sign` and the white space around it.
fn after(json: &str, at: usize, sign: char) -> Option<usize> {
    let at = skip_space(json, at);
    let rest = json[at..].strip_prefix(sign)?;
    Some(skip_space(json, json.len() - rest.len()))
}

fn skip_space(json: &str, at: usize) -> usize {
    let rest = json[at..].trim_start_matches([' ', '\t', '\n', '\r']);
    json.len() - rest.len()
}

/// Where the value that begins at `at` ends.
fn value_end(json: &str, at: usize) -> Option<usize> {
    let bytes = json.as_bytes();
    let (mut depth, mut end) = (0_usize, at);
    loop {
        match bytes.get(end)? {
            b'"' => end = string_end(bytes, end)?,
            b'{' | b'[' => {
                depth += 1;
                end += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                end += 1;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => end += 1,
            _ => end = scalar_end(bytes, end),
        }
        if depth == 0 {
            return Some(end);
        }
    }
}

fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn scalar_end(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b':' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
    let length = bytes[start..].iter().position(ends);
    length.map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::elements;

    #[test]
    fn elements_are_what_is_written() {
        let json = r#" { "a" : [ 1 ] , "o\u0070s" :[ {"x":"]}\"" , "y":[ ]},7 ,"é\\", null,[{}]] , "b":{}} "#;
        let expected = [r#"{"x":"]}\"" , "y":[ ]}"#, "7", r#""é\\""#, "null", "[{}]"];
        assert_eq!(elements(json, "ops").expect("a list"), expected);
        assert_eq!(elements(r#"{"ops":[]}"#, "ops"), Some(Vec::new()));
        for none in [
            "{}",
            r#"{"ops":null}"#,
            r#"{"ops":{}}"#,
            r#"{"a":{"ops":[1]}}"#,
            "[]",
            "7",
            "",
        ] {
            assert_eq!(elements(none, "ops"), None, "{none}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn elements_are_those_of_another_reader(
            texts in prop::collection::vec(any::<String>(), 0..6),
            numbers in prop::collection::vec(any::<f64>(), 0..6),
            pretty in any::<bool>(),
        ) {
            let nested: Vec<Value> = texts.iter().map(|text| serde_json::json!({ text: [text, {"x": []}] })).collect();
            let list: Vec<Value> = nested.into_iter().chain(numbers.into_iter().map(Value::from)).collect();
            let whole = serde_json::json!({"before": {"ops": [1]}, "ops": list, "after": texts});
            let text = if pretty { format!("{whole:#}") } else { whole.to_string() };
            let read: Vec<Value> = elements(&text, "ops").expect("a list").iter()
                .map(|element| serde_json::from_str(element).expect("JSON")).collect();
            prop_assert_eq!(read, list);
        }

        #[test]
        fn what_is_no_json_is_survived(text in "[\\[\\]{}\":,\\\\a1 é]{0,40}") {
            elements(&text, "ops");
        }
    }
}
