//! The page: its frame, the order of its sections, its style and its script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::data::Data;
use super::elements::visible;
use super::model::Report;
use super::{messages, overview, records};
use crate::base::terminal::plain;

/// Forbids the page to load anything from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
    base-uri 'none'; form-action 'none'";

/// The sections, in their order.
const SECTIONS: [fn(&Report) -> Markup; 11] = [
    overview::totals,
    overview::reasons,
    overview::over_time,
    overview::mailboxes,
    records::unknown_senders,
    records::shared_addresses,
    records::created,
    records::not_created,
    messages::conversations,
    messages::failures,
    messages::decisions,
];

/// Returns the report of an output folder as a page.
///
/// `commands` has the arguments of `explain` after the message, each with a space before it, for each item of
/// [`Committed::given`](crate::output::committed::reader::Committed::given), in the same order.
pub(crate) fn page(report: &Report, folder: &str, commands: &[String]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="referrer" content="no-referrer";
                link rel="icon" href="data:,";
                title { "mailtrack: " (plain(folder)) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                (visible(&content(report, folder)))
                (Data { report, commands })
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    };
    page.into_string()
}

/// Returns the content of the page before its script runs.
fn content(report: &Report, folder: &str) -> Markup {
    html! {
        header {
            h1 { "mailtrack " small { (folder) } }
            (overview::span(report))
        }
        main {
            @for section in SECTIONS { (section(report)) }
        }
        footer { "mailtrack " (env!("CARGO_PKG_VERSION")) }
        (messages::decision_dialog())
    }
}
