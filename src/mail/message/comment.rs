//! Comments in structured fields (RFC 5322, section 3.2.2).

/// Returns a text without the white space and the comments at its start. A comment that is not closed extends to the
/// end.
pub(super) fn without_comment(text: &str) -> &str {
    let mut text = text.trim_start();
    while text.starts_with('(') {
        let mut depth = 0u32;
        let mut is_escaped = false;
        let end = text.bytes().position(|byte| {
            match byte {
                _ if is_escaped => (),
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => (),
            }
            is_escaped = byte == b'\\' && !is_escaped;
            depth == 0
        });
        text = end.map_or("", |end| text[end + 1..].trim_start());
    }
    text
}
