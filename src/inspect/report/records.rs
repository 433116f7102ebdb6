//! The sections about addresses and records: unknown senders, shared addresses, records that were created or not.

use hashbrown::HashMap;
use maud::{Markup, html};

use super::elements::{Target, counted, decision_link, grouped, link, more, note, section};
use super::gather::LISTED_MAX;
use super::messages::day;
use super::model::{CreatedRecord, Report};
use super::shared_addresses::SharedAddress;
use super::unknown_senders::UnknownSender;
use crate::decide::created::Why;

/// At most this many addresses are listed for each reason for which no record was created.
const NOT_CREATED_MAX: usize = 20;

/// Returns the senders without a record.
pub(super) fn unknown_senders(report: &Report) -> Markup {
    let top = &report.unknown_senders;
    let content = html! {
        @if top.senders.is_empty() {
            (note("None: every person who wrote has a record."))
        } @else {
            div.wide {
                table {
                    tr {
                        th { "Sender" }
                        th.n { "Messages" }
                        th.n { "Tracked" }
                        th { "Last received" }
                        th { "Why no record was created" }
                    }
                    @for (address, sender) in &top.senders { (unknown_sender(address, sender)) }
                }
            }
        }
        (more(top.senders.len() + top.others, top.senders.len(), ["sender", "senders"], None))
        @if top.automated > 0 {
            (note(&format!(
                "Left out: {} (machines, role accounts, newsletters, mailing lists).",
                counted(top.automated as u64, "automated sender", "automated senders")
            )))
        }
    };
    section("unknown-senders", "Senders without a record", content)
}

fn unknown_sender(address: &str, sender: &UnknownSender) -> Markup {
    html! {
        tr {
            td { (link(Target::Sender(address), address)) }
            td.n { (grouped(sender.messages)) }
            td.n { (grouped(sender.tracked)) }
            (day(sender.last))
            td {
                @match sender.why {
                    Some(why) => (why.words()),
                    None if sender.tracked == 0 => "none of its mail is tracked",
                    None => "creation is turned off",
                }
            }
        }
    }
}

/// Returns a record's name, if it is known, and its `type:id`.
fn record(report: &Report, record: u32) -> Markup {
    let (name, id) = report.record_name(record);
    html! {
        @if let Some(name) = name { bdi { (name) } " " }
        code { (id) }
    }
}

/// Returns the addresses that several records share.
pub(super) fn shared_addresses(report: &Report) -> Markup {
    let content = html! {
        @if !report.has_book {
            (note("Based on the output folder: recipients, and examples from the last run. Use --book to list all."))
        }
        @if report.shared.is_empty() {
            (note("None."))
        } @else {
            div.wide {
                table {
                    tr {
                        th { "Address" }
                        th.n { "Activity parties" }
                        th { "Records" }
                        th { "Chosen as the sender" }
                    }
                    @for it in &report.shared { (shared_address(report, it)) }
                }
            }
            (more(report.shared_count, report.shared.len(), ["address", "addresses"], None))
            (note(
                "If several records in scope have the sender's address, one is chosen: first a record that the mailbox \
                owner owns, then by type (systemuser, contact, account, lead, others), then the earliest created, then \
                the smallest id. A recipient is linked to all of them."
            ))
        }
    };
    section("shared", "Addresses that several records share", content)
}

fn shared_address(report: &Report, shared: &SharedAddress) -> Markup {
    html! {
        tr {
            td { (link(Target::Sender(&shared.address), &shared.address)) }
            td.n { (grouped(shared.parties)) }
            td { ul { @for &one in &shared.records { li { (record(report, one)) } } } }
            td {
                ul {
                    @for &(one, times) in &shared.chosen {
                        li { (record(report, one)) " × " (grouped(times)) }
                    }
                }
            }
        }
    }
}

/// Returns the created records.
pub(super) fn created(report: &Report) -> Markup {
    let count = report.created_counts.values().sum::<u64>();
    let content = html! {
        @if report.created.is_empty() {
            (note("None."))
        } @else {
            details {
                summary { (counted(count, "record", "records")) }
                div.wide {
                    table {
                        tr {
                            th { "Record" }
                            th { "Address" }
                            th { "Company or account" }
                            th { "Created from" }
                        }
                        @for it in &report.created { (created_record(report, it)) }
                    }
                }
            }
            (more(count as usize, LISTED_MAX, ["record", "records"], Some("contacts.jsonl and leads.jsonl")))
        }
    };
    section("created", "Created records", content)
}

fn created_record(report: &Report, created: &CreatedRecord) -> Markup {
    html! {
        tr {
            td { (record(report, created.record)) }
            td { bdi { (created.address) } }
            td { bdi { (created.company.as_deref().unwrap_or("")) } }
            td { (decision_link(report, &created.activity, "a message")) }
        }
    }
}

/// Returns the addresses for which no record was created, by reason; nothing if there are none.
pub(super) fn not_created(report: &Report) -> Markup {
    if report.not_created.is_empty() {
        return html! {};
    }
    let content = html! {
        @for (&why, addresses) in &report.not_created { (not_created_for(report, why, addresses)) }
    };
    section(
        "not-created",
        "Addresses for which no record was created",
        content,
    )
}

fn not_created_for(report: &Report, why: Why, addresses: &HashMap<u32, u64>) -> Markup {
    let mut all: Vec<(&str, u64)> = addresses
        .iter()
        .map(|(&address, &times)| (report.written.text(address), times))
        .collect();
    all.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    html! {
        details {
            summary { (counted(all.len() as u64, "address", "addresses")) ": " (why.words()) }
            ul {
                @for &(address, times) in all.iter().take(NOT_CREATED_MAX) {
                    li { (link(Target::Sender(address), address)) " × " (grouped(times)) }
                }
            }
            (more(all.len(), NOT_CREATED_MAX, ["address", "addresses"], Some("decisions.jsonl")))
        }
    }
}
