//! Messages, and files that contain them.

use crate::mail::message::folding::unfold;
use std::cell::RefCell;

use crate::base::terminal;
use crate::book::index::key::AddressKey;
use crate::decide::correlate::conversation_index;
use crate::decide::names::{display_name, name};
use crate::fuzz::scratch::{rules, scratch, threads, write};
use crate::mail::address;
use crate::mail::address::domain;
use crate::mail::address::{Address, Normal, parse_list};
use crate::mail::envelope::{Distinct, Envelope, EnvelopeDraft, HeaderReader};
use crate::mail::journal;
use crate::mail::message;
use crate::mail::message::mime;
use crate::mail::message::{fields, header_end};
use crate::mail::source;
use crate::mail::source::form::MailFormat;
use crate::mail::source::{Content, Reader};

/// Maximum size in bytes of a message that is read.
const MESSAGE_MAX: u64 = 1 << 20;

/// A header section: fields compared with those of the parser library, dates by both parsers, and the envelope.
pub fn head(data: &[u8]) {
    let end = end_of_head(data);
    assert!(end <= data.len());
    let own: Vec<(String, Vec<u8>)> = fields(&data[..end])
        .map(|it| (text(it.name), it.value.trim_ascii().to_vec()))
        .collect();
    // The library takes the text after a colon at the start of a line for a name, and a colon in a name for a part of
    // it.
    let is_alike = data.first() != Some(&b':') && !data.windows(2).any(|it| it == b"\n:");
    if is_alike {
        let mut library = message::fields_of_the_library(&data[..end]);
        library.retain(|(name, _)| !name.contains(':'));
        assert_eq!(own, library);
    }
    for field in fields(&data[..end]) {
        let decoded = message::decode_words(&unfold(field.value)).into_owned();
        let shown = terminal::plain(&decoded);
        assert!(!shown.chars().any(char::is_control));
        let (short, long) = crate::mail::message::date::time_both_ways(field.value);
        assert!(short.is_none() || short == long, "{:?}", text(field.value));
    }
    assert!(message::masks_agree(data));
    envelope(data, end);
}

/// Reads the envelope with a reused reader and with a new one, and compares.
fn envelope(message: &[u8], end: usize) {
    thread_local! {
        static DRAFTING: RefCell<HeaderReader> = RefCell::default();
    }
    let head = &message[..end];
    let again = DRAFTING.with_borrow_mut(|drafting| drafting.read(head, rules()));
    let first = EnvelopeDraft::read(head, rules());
    let (Some(first), Some(again)) = (first, again) else {
        assert!(EnvelopeDraft::read(head, rules()).is_none());
        return;
    };
    let (one, all) = finished(first, message, end);
    let (other, _) = finished(again, message, end);
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    for party in one.parties() {
        let _ = (party.name(), party.written(&all.addresses));
        if let Some(id) = party.address {
            is_its_own_normal_form(all.addresses.get(id));
        }
    }
    if let Some(index) = one.conversation_index() {
        let _ = conversation_index::decode(index);
    }
}

fn finished(mut draft: EnvelopeDraft, message: &[u8], end: usize) -> (Envelope, Distinct) {
    let mut all = Distinct::default();
    draft.read_body(message, end);
    (draft.finish(&mut all), all)
}

/// The parts of a message, its text in both forms, an invitation in it, and a journal report.
pub fn mime(data: &[u8]) {
    for html in [false, true] {
        let body = mime::body(data, html);
        let text = body.text.unwrap_or_default();
        assert!(!text.contains("\r\n"));
    }
    let _ = mime::calendar(data);
    let end = end_of_head(data);
    // `read` must only accept a message that `may_be` accepts.
    if let Some(report) = journal::read(data, false) {
        assert!(report.is_ok());
        assert!(journal::may_be(&data[..end], &data[end..]));
    }
    let _ = journal::read(data, true);
}

/// A list of addresses, by both parsers, and everything that is derived from an address.
pub fn addresses(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (short, long) = crate::mail::address::list::list_both_ways(text);
    if let Some(short) = short {
        assert_eq!(short, long);
    }
    let decode = |words: &str| message::decode_words(words).into_owned();
    for mailbox in parse_list(text, &decode) {
        let Some(address) = mailbox.address.map(Normal::into_address) else {
            continue;
        };
        let address = &address;
        is_its_own_normal_form(address);
        if let Some(key) = AddressKey::of(address.as_str().as_bytes()) {
            assert_eq!(key.text(), address.as_str());
        }
        let _ = domain::registrable(address.domain());
        assert!(!name::from_address(address, &rules().names).last.is_empty());
        let display = mailbox.name.as_deref().unwrap_or_default();
        if let Some(clean) = display_name::clean(display, address) {
            let split = name::split(&clean, Some(address), &rules().names);
            assert!(!split.last.is_empty());
            let _ = name::is_doubtful(&clean);
        }
    }
    let _ = Address::of_cell(text);
    let _ = address::normal_domain(text);
}

/// The messages of an mbox, found with two block sizes, and a message of Apple Mail.
pub fn mbox(data: &[u8]) {
    let [ranges, in_blocks] = source::mbox_both_ways(data, 61);
    assert_eq!(ranges, in_blocks);
    let mut end = 0;
    for range in ranges {
        assert!(end <= range.start && range.start <= range.end && range.end <= data.len());
        end = range.end;
        let length = range.len();
        assert!(source::unquoted(&data[range]).len() <= length);
    }
    let range = source::emlx_message(data);
    assert!(range.start <= range.end && range.end <= data.len());
}

/// A file in one of the formats that contain mail, selected by the first byte, listed and read as in a run.
pub fn archives(data: &[u8]) {
    const NAMES: [&str; 10] = [
        "a.tar",
        "a.zip",
        "a.tar.gz",
        "a.mbox.gz",
        "a.eml.zst",
        "a.tar.zst",
        "a.emlx",
        "a.eml",
        "a",
        "a.mbox",
    ];
    let Some((&form, rest)) = data.split_first() else {
        return;
    };
    let folder = scratch("mail");
    let path = folder.join(NAMES[usize::from(form) % NAMES.len()]);
    // Some inputs are compressed here, so that the code after decompression is reached.
    let is_packed = usize::from(form) / NAMES.len() % 3 == 1;
    let packed = is_packed.then(|| stored_gzip(rest));
    write(&path, packed.as_deref().unwrap_or(rest));
    let found = source::discover(std::slice::from_ref(&path), threads()).unwrap();
    let mut reader = Reader::new(MESSAGE_MAX);
    for file in &found.files {
        if file.archive().is_some() {
            messages_of(crate::mail::source::open::open(file), &mut reader);
            continue;
        }
        let Ok(head) = reader.file_head(file) else {
            continue;
        };
        envelope(head.bytes, head.bytes.len());
        let (form, file) = (head.form, file.packed(head.packing));
        if form == MailFormat::Mbox {
            messages_of(crate::mail::source::open::open(&file), &mut reader);
        } else {
            let _ = reader.whole_file(&file).map(<[u8]>::len);
        }
    }
    std::fs::remove_file(path).unwrap();
}

fn messages_of(opened: Result<source::Opened, source::ReadError>, reader: &mut Reader) {
    for described in opened.map(|it| it.sources).unwrap_or_default() {
        assert!(described.name.split('/').all(|part| part != ".."));
        let (Content::Part(held, range) | Content::Mbox(held, range)) = &described.content else {
            continue;
        };
        if let Ok(head) = reader.part_head(held, range) {
            envelope(head.bytes, head.bytes.len());
        }
        let _ = reader.part(held, range).map(<[u8]>::len);
    }
}

/// Returns bytes as gzip, stored without compression.
fn stored_gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn end_of_head(message: &[u8]) -> usize {
    header_end(message, 0).unwrap_or(message.len())
}

fn is_its_own_normal_form(address: &Address) {
    assert_eq!(Address::parse(address.as_str()).as_ref(), Some(address));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
