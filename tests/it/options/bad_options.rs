//! Invalid options and rules: one line names the position in the file, and nothing is written.

use std::fs;

use crate::place::Place;
use crate::support::refusal::{assert_refused, each};

/// An options file, the position of its error, and words of its message.
type OptionsCase<'a> = (&'a str, &'a str, &'a [&'a str]);

#[test]
fn options_that_are_refused() {
    let folders = |count: usize| -> String {
        (0..count)
            .map(|at| format!("[[email.folder]]\npath = \"f{at}\"\n"))
            .collect()
    };
    let too_many = folders(26);
    let cases: &[OptionsCase<'_>] = &[
        (
            "[email]\ntrak = \"all\"\n",
            ":2:1: ",
            &["`trak`", "`track`"],
        ),
        ("[emial]\n", ":1:2: ", &["`emial`", "`email`"]),
        (
            "[email]\ntrack_sent = \"yes\"\n",
            ":2:14: ",
            &["\"yes\"", "boolean"],
        ),
        ("[email]\ncreate_limit = -1\n", ":2:16: ", &["-1"]),
        (
            "[email]\nblocklist = \"@x.example\"\n",
            ":2:13: ",
            &["sequence"],
        ),
        ("email = 3\n", ":1:9: ", &["3", "expected a table"]),
        (
            "[email]\ntrack = \"al\"\n",
            ":2:9: ",
            &["`al`", "`all`", "`responses`"],
        ),
        (
            "[email]\ncreate_skip = [\"bulk\", \"rolle\"]\n",
            ":2:24: ",
            &["`rolle`", "`role`"],
        ),
        ("[email\n", ":1:7: ", &["table", "`]`"]),
        (
            "[email]\ntrack = \"all\"\ntrack = \"all\"\n",
            ":3:1: ",
            &["duplicate key"],
        ),
        ("[email]\ntrack = all\n", ":2:9: ", &["quote"]),
        (
            "[[email.folder]]\npath = \"Deals\"\nregarding = \"a-17\"\n",
            ":3:13: ",
            &["`a-17`", "type:id", "`account:a-17`"],
        ),
        (
            "[[email.folder]]\npath = \"Deals\"\nregarding = \"contact:c-9\"\n",
            ":3:13: ",
            &["`contact:c-9`", "contact.csv", "no such id"],
        ),
        (
            "[[mailbox]]\nowner = \"contact:c-1\"\n",
            ":2:9: ",
            &["`contact:c-1`", "`systemuser:id`"],
        ),
        (
            "[[mailbox]]\nowner = \"systemuser:u-9\"\n",
            ":2:9: ",
            &["`systemuser:u-9`", "systemuser.csv"],
        ),
        (
            "[[mailbox]]\nowner = \"u-1\"\n",
            ":2:9: ",
            &["`u-1` is not a reference to a record", "type:id"],
        ),
        (
            "[[mailbox]]\naddresses = [\"ann\"]\n",
            ":2:14: ",
            &["`ann` is not a valid address (expected local@domain)"],
        ),
        (
            "[[mailbox]]\npath = \"../x\"\n",
            ":2:8: ",
            &["`../x`", "within the mailbox"],
        ),
        (
            "[[email.folder]]\npath = \"a/../../x\"\n",
            ":2:8: ",
            &["`a/../../x`", "`Inbox/Deals`"],
        ),
        (
            "[[email.folder]]\npath = \"/etc\"\n",
            ":2:8: ",
            &["`/etc`", "relative"],
        ),
        (
            "[[email.folder]]\npath = 'In\\Deals'\n",
            ":2:8: ",
            &["`In\\Deals`", "separated by `/`"],
        ),
        (
            "[[email.folder]]\nregarding = \"contact:c-1\"\n",
            ":1:1: ",
            &["missing field `path`"],
        ),
        (&too_many, ":51:1: ", &["26", "at most 25"]),
        (
            "[[email.folder]]\npath = \"a\"\n[[email.folder]]\npath = \"a/\"\n",
            ":4:8: ",
            &["`a` is listed twice"],
        ),
        (
            "[[mailbox]]\nowner = \"queue:q-1\"\n[[mailbox.email.folder]]\npath = \"a\"\n",
            ":3:1: ",
            &["queue", "cannot have tracked folders", "remove"],
        ),
        (
            "[email]\nblocklist = [\"@x.example\", \"x.example\"]\n",
            ":2:28: ",
            &["`x.example`", "is not a valid address", "`@domain`"],
        ),
        (
            "[email]\nblocklist = [\"@not a domain\"]\n",
            ":2:14: ",
            &["is not a valid domain", "`contoso.com`"],
        ),
        (
            "[organization]\ndomains = [\"..\"]\n",
            ":2:12: ",
            &["`..`", "is not a valid domain"],
        ),
        (
            "[address_book]\ncontacts = \"synchronized\"\n",
            ":2:12: ",
            &["synchronized", "owner"],
        ),
        (
            "[address_book]\nother_records = \"owned\"\n",
            ":2:17: ",
            &["owned", "owner"],
        ),
        (
            "[address_book]\ndo_not_resolve = [\".fax\"]\n",
            ":2:19: ",
            &[
                "`.fax` is neither a type nor a column",
                "`contact.emailaddress3`",
            ],
        ),
        (
            "[correlation]\ntracking_token = \"yes\"\n",
            ":2:18: ",
            &["boolean"],
        ),
        (
            "[correlation]\nsmart = true\n",
            ":2:9: ",
            &["a table", "[correlation.smart]"],
        ),
        (
            "[correlation.smart]\nnoise = \"(\"\n",
            ":2:9: ",
            &["`(` is not a valid regular expression", "unclosed group"],
        ),
        (
            "[correlation.smart]\nmax_words = 0\n",
            ":2:13: ",
            &["max_words = 0", "from 1 to 50"],
        ),
        (
            "[correlation.smart]\nsubject_delta = -1\n",
            ":2:17: ",
            &["subject_delta = -1", "from 0 to 50"],
        ),
        (
            "[correlation.smart]\nmin_addresses = 21\n",
            ":2:17: ",
            &["min_addresses = 21", "from 1 to 20"],
        ),
        (
            "[correlation]\nsmart.window_days = 0\n",
            ":2:21: ",
            &["window_days = 0", "from 1 to 36500"],
        ),
        (
            "[correlation.smart]\nwindow_days = \"90\"\n",
            ":2:15: ",
            &["expected a number"],
        ),
        (
            "[correlation.smart]\nwindow = 90\n",
            ":2:1: ",
            &["window", "window_days"],
        ),
        (
            "[correlation.token]\nprefix = \"\"\n",
            ":2:10: ",
            &["has 0 characters", "1 to 20"],
        ),
        (
            "[correlation.token]\nprefix = \"ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ\"\n",
            ":2:10: ",
            &["has 21 characters", "1 to 20"],
        ),
        (
            "[correlation.token]\nprefix = \"a\\tb\"\n",
            ":2:10: ",
            &["control characters"],
        ),
        (
            "[correlation.token]\nbase = 2147483648\n",
            ":2:8: ",
            &["base = 2147483648", "from 0 to 2147483647"],
        ),
        (
            "[correlation.token]\nbase = -1\n",
            ":2:8: ",
            &["base = -1", "from 0 to 2147483647"],
        ),
        (
            "[correlation.token]\nuser_digits = 11\n",
            ":2:15: ",
            &["user_digits = 11", "from 1 to 10"],
        ),
        (
            "[correlation.token]\ncounter_digits = 0\n",
            ":2:18: ",
            &["counter_digits = 0", "from 1 to 9"],
        ),
        (
            "[synchronization]\nclient = \"a\\tb\"\n",
            ":2:10: ",
            &["contains a control character", "at most 255", "anns-laptop"],
        ),
        (
            "[synchronization]\nclent = \"a\"\n",
            ":2:1: ",
            &["clent", "client"],
        ),
        (
            "[send]\noutbox = \"o\"\nsmtp = { host = \"h\" }\n",
            ":2:10: ",
            &["send.outbox", "send.smtp.host", "remove one"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\npassword = \"p\"\n",
            ":4:1: ",
            &["password_file", "password_env"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\n",
            ":3:8: ",
            &["`u`", "password_file"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\npassword_file = \"f\"\n",
            ":4:16: ",
            &["password_file", "password_env", "remove one"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\npassword_env = \"P\"\n",
            ":1:1: ",
            &["without a user name: set `user`"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\nsecurity = \"none\"\n",
            ":5:12: ",
            &["unencrypted", "starttls"],
        ),
        (
            "[send.smtp]\nhost = \"http://h\"\n",
            ":2:8: ",
            &["is not a valid host name"],
        ),
        (
            "[send.smtp]\nport = 0\n",
            ":2:8: ",
            &["port = 0", "from 1 to 65535"],
        ),
        (
            "[send.smtp]\nsecurity = \"ssl\"\n",
            ":2:12: ",
            &["ssl", "starttls"],
        ),
        (
            "[local_data]\ninterval = \"soon\"\n",
            ":2:12: ",
            &["`soon` is not a valid duration", "`15m`", "`never`"],
        ),
        (
            "[local_data]\ninterval = \"2 months\"\n",
            ":2:12: ",
            &["`2 months` is not a valid duration"],
        ),
        (
            "[local_data]\ninterval = \"-5m\"\n",
            ":2:12: ",
            &["`-5m` is not a valid duration"],
        ),
        (
            "[local_data]\ninterval = 15\n",
            ":2:12: ",
            &["integer `15`", "a string in quotes"],
        ),
        (
            "[synchronization]\ninterval = \"0.5s\"\n",
            ":2:12: ",
            &["`0.5s` is too short", "`1s`"],
        ),
        (
            "[synchronization]\ninterval = \"often\"\n",
            ":2:12: ",
            &["`often` is not a valid duration"],
        ),
        (
            "[[mailbox]]\n[mailbox.synchronization]\ninterval = \"1h\"\n",
            ":3:1: ",
            &["unknown field `interval`", "`filter`"],
        ),
        (
            "[synchronization.filter]\nname = \"x\"\n",
            ":1:18: ",
            &["[[synchronization.filter]]"],
        ),
        (
            "[[mailbox]]\n[mailbox.synchronization.offline_filter]\nname = \"x\"\n",
            ":2:26: ",
            &["[[mailbox.synchronization.offline_filter]]"],
        ),
        ("[mailbox]\npath = \"a\"\n", ":1:2: ", &["[[mailbox]]"]),
        (
            "[email]\nforms = [\"@forms.example\"]\n",
            ":2:10: ",
            &["`@forms.example` is not a valid address (expected local@domain)"],
        ),
        (
            "[email]\nlists = [\"lists\"]\n",
            ":2:10: ",
            &["`lists` is not a valid address", "`@domain`"],
        ),
        (
            "[address_book]\ndo_not_resolve = [\"contact.\"]\n",
            ":2:19: ",
            &["`contact.` is neither a type nor a column"],
        ),
        (
            "[book.files]\ncontact = \" \"\n",
            ":2:11: ",
            &["is not a valid file name", "`People*.csv`"],
        ),
        (
            "[book.query]\nlead = \";\"\n",
            ":2:8: ",
            &["the query of lead is empty", "select"],
        ),
        (
            "[local_data]\ninterval = \"\"\n",
            ":2:12: ",
            &["`` is not a valid duration", "`never`"],
        ),
        (
            "[send.smtp]\nhost = \"ann@h\"\n",
            ":2:8: ",
            &["`ann@h` is not a valid host name"],
        ),
        (
            "[[mailbox]]\nowner = \"systemuser\"\n",
            ":2:9: ",
            &[
                "`systemuser` is not a reference to a record",
                "`account:a-17`",
            ],
        ),
        (
            "[[mailbox]]\npath = \"a\"\n[mailbox.email.folder]\npath = \"x\"\n",
            ":3:16: ",
            &["[[mailbox.email.folder]]"],
        ),
    ];
    each(cases, |(text, at, words)| {
        let place = Place::new();
        place.write("o.toml", text);
        if text.contains("queue:q-1") && text.contains("folder") {
            place.write("book/queue.csv", "queueid\nq-1\n");
        }
        let ran = place.run("--options o.toml");
        assert_refused(text, &place, &ran, 2, &format!("o.toml{at}"), words);
    });
}

#[test]
fn options_and_rules_that_cannot_be_read() {
    let place = Place::new();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    for to in ["lacking", "regex", "toml", "key", "domain", "bytes"] {
        for entry in fs::read_dir(rules).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            place.write(&format!("{to}/{name}"), fs::read(&path).unwrap());
        }
    }
    fs::remove_file(place.path("lacking/names.toml")).unwrap();
    let bulk = "[[bulk]]\nname = \"x\"\nheader = \"X\"\nmatches = \"(\"\n";
    place.write("regex/automated.toml", bulk);
    place.write("toml/subjects.toml", "forward-prefixes = [\n");
    place.write("key/automated.toml", "[[bulky]]\n");
    place.write(
        "domain/free-mail-domains.txt",
        "# free\nx.example\nnot a domain\n",
    );
    place.write("bytes/role-accounts.txt", b"\xfc\n");
    place.write("latin1.toml", b"# \xfc\n");
    let cases: [(&str, &str, &[&str]); 10] = [
        ("--options gone.toml", "gone.toml: ", &["No such file"]),
        ("--options mail", "mail: ", &["folder"]),
        ("--options latin1.toml", "latin1.toml: ", &["UTF-8"]),
        ("--rules gone", "gone/", &["No such file", "rules"]),
        ("--rules lacking", "lacking/names.toml: ", &["No such file"]),
        (
            "--rules regex",
            "regex/automated.toml:",
            &["`x`", "unclosed group"],
        ),
        ("--rules toml", "toml/subjects.toml:", &["array"]),
        (
            "--rules key",
            "key/automated.toml:1:3: ",
            &["`bulky`", "`bulk`"],
        ),
        (
            "--rules domain",
            "domain/free-mail-domains.txt:3: ",
            &["`not a domain`"],
        ),
        ("--rules bytes", "bytes/role-accounts.txt: ", &["UTF-8"]),
    ];
    each(&cases, |(more, at, words)| {
        assert_refused(more, &place, &place.run(more), 2, at, words);
    });
}
