//! Senders without a record: those that the page, the terminal and the summary list are people. Newsletters, mailing
//! lists, machines, role accounts, blocked senders and colleagues are not listed, whether their mail was tracked or
//! not.

use std::fs;

use crate::place::{Place, ran, said};

/// Senders with additional header fields and the folder.
const MAIL: [(&str, &str, &str); 13] = [
    ("Bo Ek <bo@customer.example>", "", "Inbox"),
    ("Bo Ek <bo@customer.example>", "", "Deals"),
    ("Dee <dee@list.example>", "", "Inbox"),
    (
        "Dee <dee@list.example>",
        "List-Id: <talk.list.example>\n",
        "Inbox",
    ),
    (
        "Dee <dee@list.example>",
        "List-Id: <talk.list.example>\n",
        "Deals",
    ),
    (
        "News <anna@news.example>",
        "List-Unsubscribe: <mailto:x@news.example>\n",
        "Inbox",
    ),
    (
        "Weekly <weekly@news.example>",
        "Precedence: bulk\n",
        "Deals",
    ),
    (
        "Shop <shop@shop.example>",
        "Auto-Submitted: auto-generated\n",
        "Deals",
    ),
    (
        "Robot <robot@shop.example>",
        "Auto-Submitted: auto-replied\n",
        "Inbox",
    ),
    ("noreply@shop.example", "", "Inbox"),
    ("postmaster@shop.example", "", "Deals"),
    ("Sue <sue@spam.example>", "", "Inbox"),
    ("Cy <cy@contoso.example>", "", "Inbox"),
];

fn place(options: &str) -> Place {
    let place = Place::new();
    for (number, (from, head, folder)) in MAIL.iter().enumerate() {
        place.write(
            &format!("mail/{folder}/{number}.eml"),
            format!(
                "From: {from}\nTo: ann@contoso.example\nSubject: Number {number}\n{head}\
                 Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\nMessage-ID: <m{number}@x.example>\n\nHello\n"
            ),
        );
    }
    place.write(
        "o.toml",
        format!(
            "{options}\n[organization]\ndomains = [\"contoso.example\"]\n[email]\nblocklist = [\"@spam.example\"]\ncreate = \"none\"\n"
        ),
    );
    place
}

/// Returns the addresses in the page's list of senders without a record, in order.
fn on_page(place: &Place) -> Vec<String> {
    said(place, "report out -o page.html");
    let page = fs::read_to_string(place.path("page.html")).unwrap();
    let (_, section) = page.split_once("<section id=\"unknown-senders\">").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let parts = section.split("data-sender=\"").skip(1);
    parts
        .map(|it| it.split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn only_people_are_recommended_whether_their_mail_was_tracked_or_not() {
    for (options, tracked) in [
        ("", 0),
        ("email.track = \"all\"", 11),
        ("email.track = \"none\"", 0),
        ("[[email.folder]]\npath = \"Deals\"", 5),
        ("email.check_incoming = false", 0),
    ] {
        let (tables, keys) = match options.strip_prefix("email.") {
            Some(key) => (String::new(), format!("{key}\n")),
            None => (options.to_owned(), String::new()),
        };
        let place = place("");
        let text = fs::read_to_string(place.path("o.toml")).unwrap();
        let text = text.replace("[email]\n", &format!("[email]\n{keys}"));
        place.write("o.toml", format!("{text}{tables}\n"));
        let run = place.run("--options o.toml");
        assert_eq!(run.status, 0, "{options}: {}", run.stderr);
        let summary = place.summary();
        assert_eq!(summary["messages"]["tracked"], tracked, "{options}");
        let listed: Vec<&str> = summary["senderswithoutrecord"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["address"].as_str().unwrap())
            .collect();
        let people = ["bo@customer.example", "dee@list.example"];
        assert_eq!(listed, people, "{options}");
        assert_eq!(on_page(&place), people, "{options}");
        for (_, address) in [
            (0, "anna@news.example"),
            (1, "sue@spam.example"),
            (2, "noreply@"),
        ] {
            assert!(!run.stdout.contains(address), "{options}: {}", run.stdout);
        }
    }
}

#[test]
fn lines_of_older_versions_are_read_as_they_are() {
    let place = place("");
    assert_eq!(place.run("--options o.toml").status, 0);
    let path = place.path("out/decisions.jsonl");
    let new = fs::read_to_string(&path).unwrap();
    let old: String = new
        .lines()
        .map(|line| {
            let (before, _) = line.rsplit_once(",\"class\":").unwrap();
            format!("{before}}}\n")
        })
        .collect();
    // The state has the number of bytes that such a version wrote.
    fs::write(&path, &old).unwrap();
    let sql = "UPDATE output SET length = ?1 WHERE name = 'decisions'";
    place.alter_state(|state| {
        state.execute(sql, [old.len() as i64]).unwrap();
    });
    let listed = on_page(&place);
    assert!(
        listed.contains(&"bo@customer.example".to_owned()),
        "{listed:?}"
    );
    assert!(
        !listed.contains(&"noreply@shop.example".to_owned()),
        "{listed:?}"
    );
    for command in [
        "export out --to csv -o csv",
        "export out --to sqlite -o crm.db",
        "explain Inbox/0.eml --out out",
    ] {
        let ran = ran(place.command(command));
        assert_eq!(ran.status, 0, "{command}: {}", ran.stderr);
    }
}
