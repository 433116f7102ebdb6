//! The sections about addresses and records: whom one might add, who shares an address, what was created and what not.

use super::gather::{LISTED_MAX, Report};
use super::html::{Html, grouped};
use super::sections::{and_more, begin, decision, end, filter, note};

/// Addresses that are listed for each reason against creating a record.
const REFUSED_MAX: usize = 20;

/// Senders without a record.
pub(super) fn strangers(report: &Report, html: &mut Html) {
    begin(html, "strangers", "Senders without a record: whom to add?");
    let told = &report.strangers;
    if told.most.is_empty() {
        note(html, "Nobody: every person who wrote is a record.");
    } else {
        html.raw("<div class=\"wide\"><table>\n<tr><th>Sender</th><th class=\"n\">Messages</th><th class=\"n\">Tracked</th><th>Last</th><th>Why none was created</th></tr>\n");
    }
    for (address, it) in &told.most {
        html.raw("<tr><td>");
        filter(html, "sender", address, address);
        html.raw("</td><td class=\"n\">")
            .number(it.messages)
            .raw("</td><td class=\"n\">")
            .number(it.tracked)
            .raw("</td><td class=\"day\">");
        if let Some(last) = it.last {
            html.raw(&last.to_string()[..10]);
        }
        html.raw("</td><td>");
        match it.why {
            Some(why) => html.text(why.words()),
            None if it.tracked == 0 => html.raw("its mail is not tracked"),
            None => html.raw("creation is off"),
        };
        html.raw("</td></tr>\n");
    }
    if !told.most.is_empty() {
        html.raw("</table></div>\n");
    }
    and_more(
        html,
        told.most.len() + told.others,
        told.most.len(),
        "senders",
    );
    if told.machines > 0 {
        let machines = grouped(told.machines as u64);
        note(
            html,
            &format!(
                "Left out, as of machines, functions, newsletters and mailing lists: {machines}."
            ),
        );
    }
    end(html);
}

fn record(report: &Report, html: &mut Html, record: u32) {
    let (name, id) = report.record_words(record);
    if let Some(name) = name {
        html.raw("<bdi>").text(name).raw("</bdi> ");
    }
    html.raw("<code>").text(id).raw("</code>");
}

/// Addresses that several records share.
pub(super) fn shared(report: &Report, html: &mut Html) {
    begin(html, "shared", "Addresses that several records share");
    if !report.has_book {
        note(
            html,
            "As far as the output folder tells: recipients, and examples of the last run. With --book all are here.",
        );
    }
    if report.shared.is_empty() {
        note(html, "None.");
    } else {
        html.raw("<div class=\"wide\"><table>\n<tr><th>Address</th><th class=\"n\">Parties</th><th>Records</th><th>Won as the sender</th></tr>\n");
        for it in &report.shared {
            html.raw("<tr><td>");
            filter(html, "sender", &it.address, &it.address);
            html.raw("</td><td class=\"n\">")
                .number(it.messages)
                .raw("</td><td><ul>");
            for &one in &it.records {
                html.raw("<li>");
                record(report, html, one);
                html.raw("</li>");
            }
            html.raw("</ul></td><td><ul>");
            for &(one, times) in &it.winners {
                html.raw("<li>");
                record(report, html, one);
                html.raw(" × ").number(times).raw("</li>");
            }
            html.raw("</ul></td></tr>\n");
        }
        html.raw("</table></div>\n");
        and_more(html, report.shared_count, report.shared.len(), "addresses");
        note(
            html,
            "Of several records in scope the sender is: the one that the mailbox's owner owns, then by type (systemuser, contact, account, lead, then others), then the earliest created, then the smallest id. Recipients are linked to all of them.",
        );
    }
    end(html);
}

/// Records that were created.
pub(super) fn created(report: &Report, html: &mut Html) {
    begin(html, "created", "Records created");
    if report.created.is_empty() {
        note(html, "None.");
        return end(html);
    }
    html.raw("<details><summary>")
        .number(report.created_counts.values().sum())
        .raw(" in all</summary>\n<div class=\"wide\"><table>\n<tr><th>Record</th><th>Address</th><th>Company or account</th><th>By</th></tr>\n");
    for it in &report.created {
        html.raw("<tr><td>");
        record(report, html, it.record);
        html.raw("</td><td><bdi>")
            .text(&it.address)
            .raw("</bdi></td><td><bdi>")
            .text(it.company.as_deref().unwrap_or(""))
            .raw("</bdi></td><td>");
        decision(report, html, &it.activity, "the message");
        html.raw("</td></tr>\n");
    }
    html.raw("</table></div></details>\n");
    let all = report.created_counts.values().sum::<u64>() as usize;
    and_more(
        html,
        all,
        LISTED_MAX,
        "records, in contacts.jsonl and leads.jsonl",
    );
    end(html);
}

/// Addresses for which none was created.
pub(super) fn refused(report: &Report, html: &mut Html) {
    if report.refused.is_empty() {
        return;
    }
    begin(html, "refused", "No record was created for");
    for (why, refused) in &report.refused {
        let mut all: Vec<(&str, u64)> = refused
            .addresses
            .iter()
            .map(|(&address, &times)| (report.written.text(address), times))
            .collect();
        all.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        html.raw("<details><summary>")
            .number(all.len() as u64)
            .raw(if all.len() == 1 {
                " address: "
            } else {
                " addresses: "
            })
            .text(why.words())
            .raw("</summary>\n<ul>\n");
        for (address, times) in all.iter().take(REFUSED_MAX) {
            html.raw("<li>");
            filter(html, "sender", address, address);
            html.raw(" × ").number(*times).raw("</li>\n");
        }
        html.raw("</ul>\n");
        and_more(
            html,
            all.len(),
            REFUSED_MAX,
            "addresses, in decisions.jsonl",
        );
        html.raw("</details>\n");
    }
    end(html);
}
