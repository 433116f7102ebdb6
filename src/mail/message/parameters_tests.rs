use mail_parser::parsers::MessageStream;
use proptest::prelude::*;

use super::*;

fn get(text: &str, name: &str) -> Option<String> {
    Parameters::read(text).get(name)
}

#[test]
fn parameters_are_read_as_mail_writes_them() {
    for (text, want) in [
        ("name=a.pdf", Some("a.pdf")),
        ("NAME = \"a b.pdf\" ; x=y", Some("a b.pdf")),
        ("x=y;name=a b.pdf ;z=1", Some("a b.pdf")),
        ("name=\"a;b\\\"c\\\\d\"", Some("a;b\"c\\d")),
        ("name=\"never closed; x=y ", Some("never closed; x=y ")),
        ("name=a (comment; name=b); x=y", Some("a")),
        ("(c) name (d) = (e) a", None),
        ("name=", None),
        ("name=\"\"; name=b", Some("b")),
        ("name; name=b", Some("b")),
        ("=x; name=b", Some("b")),
        ("name=a; name=b", Some("a")),
        ("name=a\"b;c\"; x=y", Some("a\"b;c")),
        ("name=C:\\dir\\a.txt", Some("C: dir a.txt")),
        ("filename=b", None),
    ] {
        assert_eq!(get(text, "name").as_deref(), want, "{text}");
    }
}

#[test]
fn pieces_are_put_together() {
    for (text, want) in [
        ("name*0=a; name*1=b", "ab"),
        ("name*1=b; name*0=a; name*2=c", "abc"),
        ("name*10=c; name*9=b; name*0=a", "abc"),
        ("NAME*0=\"a \"; Name*1=b", "a b"),
        ("name*0=a; name*0=x; name*1=b; name*1=y", "ab"),
        ("name*1=b; name*2=c", "bc"),
        ("name=x; name*0=a; name*1=b", "x"),
        ("name*0=a; name*1=b; name=x", "ab"),
        ("name*x=a; name*1=b", "ab"),
        ("name*99999999999=a", "a"),
        ("name*=utf-8''%C3%BC.pdf", "ü.pdf"),
        ("name*=utf-8'de'a'b", "a'b"),
        ("name*=\"iso-8859-1''%FC\"", "ü"),
        ("name*=%C3%BC", "ü"),
        ("name*=utf-8'%C3%BC", "ü"),
        ("name*=no-such''%FC", "ü"),
        ("name*=utf-8''100%.txt%", "100%.txt%"),
        ("name*=iso-8859-1''ü%FC", "üü"),
        // A character that is cut in two, and a charset that holds for all pieces.
        ("name*0*=utf-8''%C3; name*1*=%BC", "ü"),
        ("name*0*=iso-8859-1''%FC; name*1*=%E4", "üä"),
        ("name*0*=iso-8859-1''%FC; name*1=%E4; name*2*=%E4", "ü%E4ä"),
        ("name*0=utf-8''a; name*1*=%C3%BC", "utf-8''aü"),
    ] {
        assert_eq!(get(text, "name").as_deref(), Some(want), "{text}");
    }
}

fn of_library(text: &str, name: &str) -> Option<String> {
    let line = format!("x/x; {text}\n");
    let kind = MessageStream::new(line.as_bytes()).parse_content_type();
    let kind = kind.into_owned().into_content_type()?;
    kind.attribute(name).map(ToOwned::to_owned)
}

proptest! {
    #[test]
    fn what_is_well_formed_is_read_as_the_library_reads_it(all in prop::collection::vec((0usize..4, "[a-zA-Z0-9._-]{1,9}", any::<bool>()), 0..8)) {
        let names = ["name", "charset", "boundary", "x"];
        let mut text = String::new();
        for (name, value, is_quoted) in &all {
            let quote = if *is_quoted { "\"" } else { "" };
            text.push_str(&format!("{}={quote}{value}{quote}; ", names[*name]));
        }
        for name in names {
            prop_assert_eq!(get(&text, name), of_library(&text, name));
        }
    }

    #[test]
    fn pieces_are_joined_as_the_library_joins_them(pieces in prop::collection::vec("[a-z ]{0,4}[a-z]", 1..30), shift in 0usize..30) {
        let piece = |at: usize| format!("name*{at}=\"{}\"", pieces[at]);
        let mut written: Vec<String> = (0..pieces.len()).map(piece).collect();
        written.rotate_left(shift % pieces.len());
        let text = written.join("; ");
        prop_assert_eq!(get(&text, "name"), of_library(&text, "name"));
        prop_assert_eq!(get(&text, "name"), Some(pieces.concat()));
    }

    #[test]
    fn any_text_is_read(pieces in prop::collection::vec(0usize..18, 0..40)) {
        let vocabulary = ["name", "*", "0", "1", "=", ";", "\"", "\\", "(", ")", "'", "%", "%C3", "%BC", " ", "ü", "utf-8", "=?"];
        let text: String = pieces.iter().map(|&at| vocabulary[at]).collect();
        let found = get(&text, "name");
        prop_assert!(found.is_none_or(|it| it.len() <= 4 * text.len()));
    }
}
