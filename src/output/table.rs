//! The tables of the output folder and their files.

/// A kind of row, with a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Email activities.
    Emails,
    /// Their parties.
    ActivityParties,
    /// Created contacts.
    Contacts,
    /// Created leads.
    Leads,
    /// One decision per message.
    Decisions,
    /// Changed regarding records.
    Updates,
    /// Created records that the book already has.
    Duplicates,
    /// Files and messages that could not be read.
    Failures,
    /// Messages that `send` has sent.
    Sent,
    /// Messages that `send` could not send.
    Failed,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 10] = [
        Table::Emails,
        Table::ActivityParties,
        Table::Contacts,
        Table::Leads,
        Table::Decisions,
        Table::Updates,
        Table::Duplicates,
        Table::Failures,
        Table::Sent,
        Table::Failed,
    ];

    /// Returns whether its file exists even if it is empty; the others are created with their first row.
    pub(super) fn is_always_there(self) -> bool {
        !matches!(self, Table::Sent | Table::Failed)
    }

    /// Returns the name of its file without the extension.
    pub fn name(self) -> &'static str {
        match self {
            Table::Emails => "emails",
            Table::ActivityParties => "activityparties",
            Table::Contacts => "contacts",
            Table::Leads => "leads",
            Table::Decisions => "decisions",
            Table::Updates => "updates",
            Table::Duplicates => "duplicates",
            Table::Failures => "failures",
            Table::Sent => "sent",
            Table::Failed => "failed",
        }
    }
}

/// The committed length in bytes of each table's file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths([u64; Table::ALL.len()]);

impl Lengths {
    /// Returns the length of a table's file.
    pub fn of(&self, table: Table) -> u64 {
        self.0[table as usize]
    }

    /// Sets the length of a table's file.
    pub fn set(&mut self, table: Table, length: u64) {
        self.0[table as usize] = length;
    }
}

/// Returns the name of a table's file.
pub(crate) fn file_name(table: Table) -> String {
    format!("{}.jsonl", table.name())
}
