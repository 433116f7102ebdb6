//! Input that cannot be useful is reported or refused: tables of the book that no mail can be linked to, an output
//! folder inside the mail, mappings that contradict each other. What is reported is true.

use std::os::unix::fs::symlink;

use crate::place::{Place, ran};

const MESSAGE: &str =
    "From: Kim <kim@fabrikam.example>\nTo: ann@contoso.example\nMessage-ID: <1@x.example>\n\nHi\n";

fn place() -> Place {
    let place = Place::new();
    place.write("mail/Inbox/1.eml", MESSAGE);
    place
}

#[test]
fn a_table_that_no_mail_can_be_linked_to_is_reported_by_every_command_that_loads_it() {
    let no_column = "has addresses, so no mail is linked to its records; its columns are ";
    let no_active = "so mail is not linked to them as active ones; its columns are ";
    let cases: [(&str, &str, &[&str]); 12] = [
        (
            "contact",
            "contactid,fullname,mail\nc-1,Kim,kim@fabrikam.example\n",
            &[
                no_column,
                "`contactid`, `fullname`, `mail`; name the one with addresses: [book.columns.contact] emailaddress1 = \"...\"",
            ],
        ),
        (
            "lead",
            "leadid,fullname\nl-1,Lea\n",
            &["no column of lead ", no_column],
        ),
        (
            "contact",
            "contactid,emailaddress1\nc-1,\nc-2,none\n",
            &[no_column],
        ),
        (
            "account",
            "accountid,name\na-1,Fabrikam\n",
            &[no_column, "[book.columns.account]"],
        ),
        (
            "systemuser",
            "systemuserid,fullname,login\nu-1,Ann,ann@contoso.example\n",
            &["internalemailaddress = "],
        ),
        (
            "doctor",
            "doctorid,name,donotemail\nd-1,Who,true\n",
            &["no column of doctor ", no_column],
        ),
        (
            "contact",
            "contactid,emailaddress1,statecode\nc-1,kim@fabrikam.example,Aktiv\nc-2,k@x.example,1\n",
            &[
                "contact: none of the 2 records is active",
                no_active,
                "[book.columns.contact] statecode = \"...\"",
            ],
        ),
        (
            "lead",
            "leadid,emailaddress1,statecode\nl-1,lea@x.example,Closed\n",
            &["lead: the one record is not active", no_active],
        ),
        (
            "systemuser",
            "systemuserid,internalemailaddress,isdisabled\nu-1,ann@contoso.example,yes\n",
            &["systemuser: the one record is not active", "isdisabled"],
        ),
        (
            "account",
            "accountid,name,websiteurl\na-1,Fabrikam,fabrikam.example\n",
            &[],
        ),
        ("team", "teamid,name\nt-1,Sales\n", &[]),
        ("lead", "leadid,fullname\n", &[]),
    ];
    for (kind, table, wanted) in cases {
        let place = place();
        place.write(&format!("book/{kind}.csv"), table);
        let file = format!("mailtrack: warning: book/{kind}.csv: ");
        for command in [
            "run mail --book book --out out",
            "run mail --book book --out other --dry-run",
            "init mail --book book -o new.toml",
            "explain mail/Inbox/1.eml --book book",
            "resolve kim@fabrikam.example --book book",
            "book info book",
        ] {
            let ran = ran(place.command(command));
            assert_eq!(ran.status, 0, "{command}: {}", ran.stderr);
            let lines: Vec<&str> = ran.stderr.lines().collect();
            let said = lines.iter().filter(|it| it.starts_with(&file)).count();
            // `init` loads the book twice, the second time with the options that it writes.
            assert!(
                said.min(1) == wanted.len().min(1),
                "{command}: {}",
                ran.stderr
            );
            for want in wanted {
                assert!(
                    ran.stderr.contains(want),
                    "{command} {table}: {}",
                    ran.stderr
                );
            }
            assert!(
                wanted.is_empty() != ran.stderr.contains("warning"),
                "{table}: {}",
                ran.stderr
            );
        }
        let built = ran(place.command("book build book -o book.mtb"));
        let opened = ran(place.command("run mail --book book.mtb --out third"));
        for ran in [built, opened] {
            assert_eq!(ran.status, 0, "{}", ran.stderr);
            let said = ran
                .stderr
                .contains(&format!("book.mtb: no column of {kind} has"))
                || ran.stderr.contains(&format!("book.mtb: {kind}: "));
            assert_eq!(said, !wanted.is_empty(), "{table}: {}", ran.stderr);
        }
    }
}

#[test]
fn an_output_folder_within_the_mail_is_refused() {
    let place = place();
    symlink(place.path("mail/Inbox"), place.path("link")).unwrap();
    symlink(place.path("mail"), place.path("also")).unwrap();
    for (arguments, is_refused) in [
        ("mail --out mail/out", true),
        ("mail --out mail", true),
        ("mail --out mail/Inbox/a/b", true),
        ("mail --out ./other/../mail/out", true),
        ("mail --out link/out", true),
        ("also --out mail/out", true),
        ("link --out mail/Inbox/out", true),
        ("other mail --out mail/out", true),
        (". --out out", true),
        ("mail --out mail/out --dry-run", true),
        ("mail --out mailout", false),
        ("mail/Inbox --out mail/out", false),
        ("mail/Inbox/1.eml --out mail/Inbox-out", false),
        ("out/mail --out out", false),
    ] {
        place.write("other/2.eml", MESSAGE.replace("<1@", "<2@"));
        place.write("out/mail/3.eml", MESSAGE.replace("<1@", "<3@"));
        let ran = ran(place.command(&format!("run {arguments} --book book")));
        let status = if is_refused { 2 } else { 0 };
        assert_eq!(ran.status, status, "{arguments}: {}", ran.stderr);
        assert_eq!(
            ran.stderr.contains("lies within the mail"),
            is_refused,
            "{arguments}: {}",
            ran.stderr
        );
        assert_eq!(
            ran.stderr.lines().count(),
            usize::from(is_refused),
            "{}",
            ran.stderr
        );
        for folder in [
            "mail/out",
            "mail/Inbox/a",
            "mail/Inbox/out",
            "mail/Inbox-out",
            "mailout",
        ] {
            assert!(
                !is_refused || !place.path(folder).exists(),
                "{arguments} {folder}"
            );
            let _ = std::fs::remove_dir_all(place.path(folder));
        }
    }
    let watch = ran(place.command("watch mail --book book --out mail/out"));
    assert_eq!(watch.status, 2);
    assert!(
        watch
            .stderr
            .contains("--out mail/out: lies within the mail mail"),
        "{}",
        watch.stderr
    );
}

#[test]
fn a_column_has_one_meaning_and_an_id_that_is_missing_is_reported_correctly() {
    let columns = "[book.columns.contact]\n";
    for (options, header, wanted) in [
        (
            "id = \"Email\"\nemailaddress1 = \"Email\"\n",
            "Email,Name",
            "the options map `Email` to `emailaddress1` and to `id`: a column has one meaning",
        ),
        (
            "id = \"E-Mail\"\nemailaddress2 = \" e-mail \"\n",
            "Name,E-Mail",
            "to `emailaddress2` and to `id`",
        ),
        (
            "fullname = \"Name\"\nlastname = \"Name\"\n",
            "Id,Name",
            "to `fullname` and to `lastname`",
        ),
        (
            "",
            "Name,Given Name,Family Name,E-mail 1 - Value",
            "or add one that numbers the rows, if no column of it identifies them",
        ),
        (
            "",
            "First Name,Last Name,E-mail Address,Company",
            "or name the column, if it is not mapped to something else: [book.columns.contact] id = \"...\"",
        ),
        (
            "id = \"Key\"\n",
            "Name,E-mail",
            "has no column `Key`, which the options map to `id`",
        ),
    ] {
        let place = place();
        std::fs::remove_dir_all(place.path("book")).unwrap();
        place.write(
            "book/contacts.csv",
            format!("{header}\nx@y.example,x@y.example,x@y.example,x@y.example\n"),
        );
        place.write(
            "o.toml",
            format!("[book]\npreset = \"generic\"\n{columns}{options}"),
        );
        let ran = ran(place.command("book check book --options o.toml"));
        assert_eq!(ran.status, 2, "{options}: {}", ran.stdout);
        assert!(ran.stderr.contains(wanted), "{options}: {}", ran.stderr);
    }
}

#[test]
fn init_claims_an_owner_only_if_it_wrote_one() {
    let sent = |from: &str, number: usize| {
        format!("From: {from}\nTo: kim@fabrikam.example\nMessage-ID: <s{number}@x.example>\n\nHi\n")
    };
    for (from, wanted, line) in [
        (
            "me@elsewhere.example",
            "0 mailboxes with an owner, 1 mailbox with addresses alone",
            "# owner = ",
        ),
        (
            "ann@contoso.example",
            "1 mailbox with an owner; ",
            "owner = \"systemuser:u-1\"",
        ),
    ] {
        let place = place();
        for number in 0..3 {
            place.write(&format!("mail/Sent/{number}.eml"), sent(from, number));
        }
        let ran = ran(place.command("init mail --book book"));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains(wanted), "{from}: {}", ran.stdout);
        let text = std::fs::read_to_string(place.path("options.toml")).unwrap();
        assert!(text.lines().any(|it| it.starts_with(line)), "{text}");
    }
    let place = place();
    let ran = ran(place.command("init mail/Inbox/1.eml --book book"));
    assert!(
        ran.stdout
            .contains("1 mailbox with an owner; 1 of 1 message would be tracked"),
        "{}",
        ran.stdout
    );
}
