//! Writes rows as JSON, byte for byte as `serde_json` does. That crate writes the name, quotes and colon of each field
//! separately and searches text for escapes byte by byte; this code handles many bytes at a time. Tests hold the two
//! equal.

use std::fmt::{self, Write as _};

use serde::de::value::Error;
use serde::ser::{self, Error as _, Impossible, Serialize, Serializer};

/// Writes a row.
///
/// # Errors
/// If the row cannot be represented in JSON.
pub(super) fn write(row: &impl Serialize, to: &mut Vec<u8>) -> Result<(), Error> {
    row.serialize(Json(to))
}

struct Json<'a>(&'a mut Vec<u8>);

/// An array or object whose end is not yet written.
struct Compound<'a> {
    to: &'a mut Vec<u8>,
    is_empty: bool,
    end: u8,
}

impl<'a> Json<'a> {
    fn raw(self, text: &str) -> Result<(), Error> {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn begin(self, start: u8, end: u8) -> Compound<'a> {
        self.0.push(start);
        Compound {
            to: self.0,
            is_empty: true,
            end,
        }
    }

    /// Writes a value of a kind that is rare in rows, with `serde_json`.
    fn unusual(self, value: impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(self.0, &value).map_err(Error::custom)
    }
}

impl Compound<'_> {
    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        if !std::mem::take(&mut self.is_empty) {
            self.to.push(b',');
        }
        value.serialize(Json(self.to))
    }

    fn end(self) -> Result<(), Error> {
        self.to.push(self.end);
        Ok(())
    }
}

fn string(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    escaped(text.as_bytes(), to);
    to.push(b'"');
}

fn escaped(text: &[u8], to: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = next_escape(rest) {
        to.extend_from_slice(&rest[..at]);
        escape(rest[at], to);
        rest = &rest[at + 1..];
    }
    to.extend_from_slice(rest);
}

fn escape(byte: u8, to: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0C => b'f',
        b'\r' => b'r',
        _ => {
            let digit = |it: u8| b"0123456789abcdef"[usize::from(it & 15)];
            to.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)]);
            return;
        }
    };
    to.extend_from_slice(&[b'\\', short]);
}

/// Returns the position of the first byte that JSON requires to be escaped.
fn next_escape(bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<16>();
    let before = match blocks.iter().position(has_escape) {
        Some(at) => 16 * at,
        None if is_clean_to_its_end(bytes) => return None,
        None => bytes.len() - rest.len(),
    };
    let at = bytes[before..].iter().position(is_escaped)?;
    Some(before + at)
}

/// Returns whether the bytes after the last whole block contain nothing to escape. They are examined as part of a block
/// that overlaps the one before, which is faster than one by one. Returns `false` if the text is too short for that.
fn is_clean_to_its_end(bytes: &[u8]) -> bool {
    match (bytes.last_chunk::<16>(), bytes.first_chunk::<8>()) {
        (Some(last), _) => !has_escape(last),
        (None, Some(first)) => {
            !has_escape(first)
                && bytes
                    .last_chunk::<8>()
                    .is_some_and(|last| !has_escape(last))
        }
        (None, None) => bytes.is_empty(),
    }
}

/// Examines all bytes without an early exit, so that the compiler can vectorize the loop.
fn has_escape<const N: usize>(bytes: &[u8; N]) -> bool {
    bytes
        .iter()
        .fold(false, |found, byte| found | is_escaped(byte))
}

fn is_escaped(byte: &u8) -> bool {
    (*byte < b' ') | (*byte == b'"') | (*byte == b'\\')
}

/// Appends formatted text without escaping it.
struct Plain<'a>(&'a mut Vec<u8>);

impl fmt::Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.raw(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.unusual(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        match value {
            digit @ 0..=9 => self.0.push(b'0' + digit),
            value => return self.unusual(value),
        }
        Ok(())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.unusual(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.unusual(value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.unusual(value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        string(value, self.0);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.raw("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.raw("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.raw("null")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = self.serialize_struct(name, 1)?;
        ser::SerializeStruct::serialize_field(&mut object, variant, value)?;
        ser::SerializeStruct::end(object)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a>, Error> {
        Ok(self.begin(b'[', b']'))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a>, Error> {
        Ok(self.begin(b'[', b']'))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a>, Error> {
        Ok(self.begin(b'[', b']'))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Error>, Error> {
        Err(Error::custom(format!("no row holds a `{variant}`")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a>, Error> {
        Ok(self.begin(b'{', b'}'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'a>, Error> {
        Ok(self.begin(b'{', b'}'))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Error>, Error> {
        Err(Error::custom(format!("no row holds a `{variant}`")))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        self.0.push(b'"');
        let start = self.0.len();
        write!(Plain(self.0), "{value}").map_err(Error::custom)?;
        // `write!` passes the text in pieces, so it is escaped as a whole afterwards.
        if next_escape(&self.0[start..]).is_some() {
            let text = self.0.split_off(start);
            escaped(&text, self.0);
        }
        self.0.push(b'"');
        Ok(())
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        Compound::end(self)
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        Compound::end(self)
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        Compound::end(self)
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let start = self.to.len() + usize::from(!self.is_empty);
        self.value(key)?;
        match self.to.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("a key is not text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.to.push(b':');
        value.serialize(Json(self.to))
    }

    fn end(self) -> Result<(), Error> {
        Compound::end(self)
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    /// Inlined so that the compiler knows the lengths of column names where a row is written, and copies them without a
    /// loop.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        // Keys are the program's own and contain nothing to escape. Checking each would take as long as writing a few
        // columns.
        debug_assert_eq!(next_escape(key.as_bytes()), None, "{key}");
        let comma: &[u8] = match std::mem::take(&mut self.is_empty) {
            true => b"\"",
            false => b",\"",
        };
        self.to.extend_from_slice(comma);
        self.to.extend_from_slice(key.as_bytes());
        self.to.extend_from_slice(b"\":");
        value.serialize(Json(self.to))
    }

    fn end(self) -> Result<(), Error> {
        Compound::end(self)
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
