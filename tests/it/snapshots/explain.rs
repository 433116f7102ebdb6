//! Explanations of decisions, and reports on addresses, books and options.

use super::{DEMO, hold, printed};
use crate::place::Place;

#[test]
fn messages_of_the_demo_are_explained() {
    let place = Place::new();
    let with = format!("--book {DEMO}/book --options {DEMO}/options.toml");
    for (name, message) in [
        ("several-records", "Inbox/two-lenas.eml"),
        ("tracked-folder", "Inbox/Deals/plumbing.eml"),
        ("blocked", "Inbox/pushy.eml"),
        ("sent", "Sent/open-day.eml"),
        ("invitation", "Inbox/tasting.eml"),
        ("no-sender", "Inbox/scan.eml"),
        ("unreadable", "Inbox/broken.eml"),
        ("of-an-mbox", "Archive.mbox#2"),
        ("which-one", "Archive.mbox"),
        ("not-among-them", "Archive.mbox#9"),
        ("no-file", "Inbox/nothing.eml"),
        ("no-mail", "Inbox/notes.pdf"),
    ] {
        let text = printed(&place, &format!("explain {DEMO}/mail/{message} {with}"));
        hold(&format!("explain-{name}"), &text);
    }
}

#[test]
fn what_depends_on_other_mail_is_explained_with_it() {
    let place = Place::new();
    let with = format!("--book {DEMO}/book --options {DEMO}/options.toml --mail {DEMO}/mail");
    for (name, message) in [
        ("reply", "Inbox/re-price-list.eml"),
        ("duplicate", "Archive.mbox#3"),
        ("out-of-scope", "Inbox/trade-show.eml"),
        ("creation", "Inbox/two-machines.eml"),
        ("automated", "Inbox/Deals/out-of-office.eml"),
        ("internal", "Inbox/lunch.eml"),
    ] {
        let text = printed(&place, &format!("explain {DEMO}/mail/{message} {with}"));
        hold(&format!("explain-{name}"), &text);
    }
}

#[test]
fn every_method_of_correlation_that_was_tried_is_explained() {
    let place = Place::new();
    let message = |head: &str| {
        format!(
            "From: a@x.example\nTo: b@x.example\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nMessage-ID: <m@x>\n{head}\nHi.\n"
        )
    };
    place.write("mail/bare.eml", message(""));
    place.write("mail/odd.eml", message("Thread-Index: nonsense!\n"));
    place.write(
        "mail/full.eml",
        message(
            "Subject: Re: The offer CRM:0001042\nThread-Index: AWNvbnZlcnNhdGlvbi1udW1iZXItMWFhYWFh\n\
             In-Reply-To: <z@x>\nReferences: <y@x>\n",
        ),
    );
    place.write(
        "book/email.csv",
        "activityid,messageid,subject,sender,torecipients,createdon\n\
         E-1,<e1@x>,The offer crm:0001042,b@x.example,a@x.example,2026-03-01T00:00:00Z\n",
    );
    let all_off = "in_reply_to = false\nreferences = false\ntracking_token = false\nconversation_index = false\n";
    for (name, message, options) in [
        ("nothing-to-go-by", "bare", "smart_matching = true\n"),
        ("bad-index", "odd", ""),
        ("token", "full", ""),
        (
            "smart",
            "full",
            "tracking_token = false\nsmart_matching = true\n",
        ),
        ("off", "full", all_off),
    ] {
        let options = format!("email.track = 'all'\n[correlation]\n{options}");
        place.write("options.toml", options);
        let explain = format!("explain mail/{message}.eml --book book --options options.toml");
        hold(
            &format!("explain-correlation-{name}"),
            &printed(&place, &explain),
        );
    }
}

#[test]
fn addresses_are_resolved() {
    let place = Place::new();
    let addresses =
        "lena.fischer@cafekranz.example nobody@x.example ann rosa.marin@goldenspoon.example";
    let with = format!("--book {DEMO}/book --options {DEMO}/options.toml");
    hold(
        "resolve",
        &printed(&place, &format!("resolve {addresses} {with}")),
    );
}

#[test]
fn books_and_options_are_described() {
    let place = Place::new();
    for (name, arguments) in [
        ("book-check", "book check BOOK"),
        ("book-info", "book info BOOK"),
        ("options-check", "options check OPTIONS --book BOOK"),
        ("options-show", "options show OPTIONS"),
    ] {
        let arguments = arguments
            .replace("BOOK", &format!("{DEMO}/book"))
            .replace("OPTIONS", &format!("{DEMO}/options.toml"));
        hold(name, &printed(&place, &arguments));
    }
}

#[test]
fn two_options_files_are_compared() {
    let place = Place::new();
    let with = format!("--options {DEMO}/options.toml --options {DEMO}/options-sent.toml");
    let text = printed(
        &place,
        &format!("compare {DEMO}/mail --book {DEMO}/book {with}"),
    );
    hold("compare", &text);
}
