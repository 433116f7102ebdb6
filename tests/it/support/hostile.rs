//! Messages with given header fields and bodies.

use serde_json::Value;

use crate::place::Place;

pub const FROM: &str = "From: Kim <kim@fabrikam.example>\r\n";

pub const DATE: &str = "Date: Mon, 2 Mar 2026 09:30:00 +0000\r\n";

/// Returns a message of a known sender, so that it is tracked, with further fields and a body.
pub fn message(fields: &str, body: &str) -> String {
    format!("{FROM}{DATE}Message-ID: <m@fabrikam.example>\r\n{fields}\r\n{body}")
}

/// Tries each message alone, with `--body` text and html: exit status 0, one message, tracked, and its body read if it
/// has one.
pub fn assert_tracked(messages: &[(&str, String)]) {
    let mut failed = Vec::new();
    for (name, bytes) in messages {
        for body in ["text", "html"] {
            let place = Place::new();
            place.write("mail/1.eml", bytes);
            let ran = place.run(&format!("--body {body}"));
            let is_good = ran.status == 0 && {
                let summary = place.summary();
                let emails = place.lines("emails");
                let has_body = |email: &Value| email["attachments"].is_array();
                summary["messages"]["total"] == 1 && emails.len() == 1 && has_body(&emails[0])
            };
            if !is_good {
                failed.push(format!(
                    "{name} --body {body}: exit {}, {}",
                    ran.status, ran.stderr
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
