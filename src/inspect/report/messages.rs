//! The sections about single messages: conversations, failures, and the table of decisions.

use jiff::Timestamp;
use maud::{Markup, html};

use super::conversations::{Conversation, by_length, longest};
use super::elements::{bar, counted, decision_link, grouped, more, note, section};
use super::gather::LISTED_MAX;
use super::model::Report;
use super::outcomes::Outcome;

/// Returns a cell with the day of a received time, in UTC; it is empty without a time.
pub(super) fn day(time: Option<Timestamp>) -> Markup {
    html! {
        td.day {
            @if let Some(time) = time { (time.to_string()[..10]) }
        }
    }
}

/// Returns the conversations by length, and the longest.
pub(super) fn conversations(report: &Report) -> Markup {
    let lengths = by_length(&report.conversations);
    let most = lengths.iter().map(|it| it.conversations).max().unwrap_or(0);
    let content = html! {
        @if lengths.is_empty() {
            (note("None: no message is tracked."))
        } @else {
            table.bars {
                @for it in &lengths {
                    @let noun = if it.label == "1" { " message" } else { " messages" };
                    @let label = html! { (it.label) (noun) };
                    (bar(label, it.conversations, most, Outcome::Tracked.class()))
                }
            }
            (longest_conversations(report, &longest(&report.conversations)))
        }
    };
    section("conversations", "Conversations by length", content)
}

fn longest_conversations(report: &Report, longest: &[&Conversation]) -> Markup {
    html! {
        @if !longest.is_empty() {
            details {
                summary { "Longest conversations" }
                div.wide {
                    table {
                        tr {
                            th { "First message" }
                            th.n { "Messages" }
                            th { "Last received" }
                        }
                        @for it in longest {
                            @let subject = it.subject.as_deref().filter(|it| !it.trim().is_empty());
                            tr {
                                td { (decision_link(report, &it.first, subject.unwrap_or("(no subject)"))) }
                                td.n { (grouped(it.length as u64)) }
                                (day(it.last))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Returns the failures; nothing if there are none.
pub(super) fn failures(report: &Report) -> Markup {
    if report.failure_count == 0 {
        return html! {};
    }
    let all = report.failure_count as usize;
    let rows = html! {
        div.wide {
            table {
                tr { th { "Source" } th { "Error" } }
                @for (source, error) in &report.failures {
                    tr { td { bdi { (source) } } td { bdi { (error) } } }
                }
            }
        }
        (more(all, LISTED_MAX, ["failure", "failures"], Some("failures.jsonl")))
    };
    section("failures", "Failures", rows)
}

/// Returns the table of decisions, which the script fills.
pub(super) fn decisions(report: &Report) -> Markup {
    let (shown, left_out) = (report.rows.len() as u64, report.left_out);
    let content = html! {
        @if left_out > 0 {
            (note(&format!(
                "The table has the last {}. The counts above include {}, which decisions.jsonl has too. \
                Use --rows to show more.",
                counted(shown, "decision", "decisions"),
                counted(left_out, "earlier decision", "earlier decisions"),
            )))
        }
        noscript { (note("The table needs JavaScript, which is turned off. The rest of the page does not.")) }
        (filters())
        p #count role="status" {}
        div #head.row aria-hidden="true" {
            button #order.time type="button" title="Reverse the order" { "Received ↓" }
            span.sender { "Sender" }
            span.subject { "Subject or source" }
            span.reason { "Reason" }
        }
        div #list tabindex="0" role="list" aria-label="Decisions" { div #space {} }
    };
    section("decisions", "Decisions", content)
}

fn filters() -> Markup {
    html! {
        div #filters role="search" {
            label { "Search " input #search type="search" placeholder="subject, sender, source"; }
            label { "Sender " input #sender type="search" placeholder="all or part of an address"; }
            label { "Reason " select #reason { option value="" { "any" } } }
            label { "Mailbox " select #mailbox { option value="" { "any" } } }
            label { "First day " input #from type="date"; }
            label { "Last day " input #to type="date"; }
            button #clear type="button" { "Clear filters" }
        }
    }
}

/// Returns the dialog that shows one decision, which the script fills.
pub(super) fn decision_dialog() -> Markup {
    html! {
        dialog #one aria-labelledby="one-title" {
            button #one-close type="button" aria-label="Close" { "×" }
            h2 #one-title {}
            p #one-words {}
            dl #one-list {}
            p {
                "To see every step of this decision, run:" br;
                code #one-command {}
                small #one-unknown {
                    br;
                    "Replace " var { "MAIL" } " and " var { "BOOK" } " with the mail and the address book of the run, \
                    and add its options: the version that made this decision did not record them."
                }
            }
        }
    }
}
