//! What resolution needs of a record, in 32 bytes.

use jiff::Timestamp;

/// Bytes of a record.
pub(crate) const RECORD: usize = 32;

/// Stored in place of an owner's number if there is no owner.
const NO_OWNER: u32 = u32::MAX;

/// The maximum length of an id or a name in bytes: lengths are stored in two bytes.
pub(crate) const TEXT_MAX: usize = u16::MAX as usize;

/// A record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// The offset of its id, which its name follows.
    pub names: u64,
    /// The id's length.
    pub id_length: u16,
    /// The name's length.
    pub name_length: u16,
    /// The number of its type.
    pub kind: u16,
    /// Whether it is in use.
    pub state: RecordState,
    /// The number of its owner.
    pub owner: Option<u32>,
    /// When it was created.
    pub created_on: CreatedOn,
}

/// When a record was created, in the form that the index stores. Most records only need their order, so it is not
/// parsed; a record without a time comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CreatedOn {
    seconds: i64,
    nanoseconds: i32,
}

impl CreatedOn {
    /// No creation time.
    pub const NONE: CreatedOn = CreatedOn {
        seconds: i64::MAX,
        nanoseconds: 0,
    };

    /// Returns the time; `None` if there is none.
    pub fn time(self) -> Option<Timestamp> {
        Timestamp::new(self.seconds, self.nanoseconds).ok()
    }
}

impl From<Option<Timestamp>> for CreatedOn {
    fn from(time: Option<Timestamp>) -> CreatedOn {
        time.map_or(CreatedOn::NONE, |time| CreatedOn {
            seconds: time.as_second(),
            nanoseconds: time.subsec_nanosecond(),
        })
    }
}

impl Record {
    /// A record without type and name.
    pub const NONE: Record = Record {
        names: 0,
        id_length: 0,
        name_length: 0,
        kind: u16::MAX,
        state: RecordState::Active,
        owner: None,
        created_on: CreatedOn::NONE,
    };

    /// Returns its bytes: offset of the names (5 bytes), type (2), state (1), both lengths (2 each), owner (4), seconds
    /// (8) and nanoseconds (4) of the creation time, unused (4).
    pub fn bytes(&self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        let mut put = |at: usize, from: &[u8]| bytes[at..at + from.len()].copy_from_slice(from);
        put(0, &self.names.to_le_bytes()[..5]);
        put(5, &self.kind.to_le_bytes());
        put(7, &[self.state as u8]);
        put(8, &self.id_length.to_le_bytes());
        put(10, &self.name_length.to_le_bytes());
        put(12, &self.owner.unwrap_or(NO_OWNER).to_le_bytes());
        put(16, &self.created_on.seconds.to_le_bytes());
        put(24, &self.created_on.nanoseconds.to_le_bytes());
        bytes
    }

    /// Reads a record from its bytes; `None` if they are invalid.
    #[inline]
    pub fn read(bytes: &[u8; RECORD]) -> Option<Record> {
        let [
            n0,
            n1,
            n2,
            n3,
            n4,
            k0,
            k1,
            state,
            i0,
            i1,
            m0,
            m1,
            o0,
            o1,
            o2,
            o3,
            ..,
        ] = *bytes;
        let owner = u32::from_le_bytes([o0, o1, o2, o3]);
        let created_on = CreatedOn {
            seconds: i64::from_le_bytes(*bytes.get(16..)?.first_chunk()?),
            nanoseconds: i32::from_le_bytes(*bytes.get(24..)?.first_chunk()?),
        };
        Some(Record {
            names: u64::from_le_bytes([n0, n1, n2, n3, n4, 0, 0, 0]),
            id_length: u16::from_le_bytes([i0, i1]),
            name_length: u16::from_le_bytes([m0, m1]),
            kind: u16::from_le_bytes([k0, k1]),
            state: match state {
                0 => RecordState::Active,
                1 => RecordState::Inactive,
                2 => RecordState::Disabled,
                _ => return None,
            },
            owner: Some(owner).filter(|&owner| owner != NO_OWNER),
            created_on,
        })
    }
}

/// The number of a record in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub(crate) u32);

impl RecordId {
    /// Returns the record with that number.
    pub(crate) fn from_number(number: u32) -> RecordId {
        RecordId(number)
    }

    /// Returns its number. The numbers of one type are consecutive.
    #[inline]
    pub(crate) fn number(self) -> u32 {
        self.0
    }
}

/// Whether a record is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// In use.
    Active,
    /// Deactivated, lost or closed.
    Inactive,
    /// A disabled `systemuser`, which never matches (R6).
    Disabled,
}
