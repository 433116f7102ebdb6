//! The tables of the output folder, and the files that hold them.

/// A kind of row, and the file that it goes to.
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
    /// One line for each message.
    Decisions,
    /// Regarding records that changed.
    Updates,
    /// Created records that the book has already.
    Duplicates,
    /// What could not be read.
    Failures,
    /// Messages that `send` has sent.
    Sent,
    /// Messages that it could not send.
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

    /// Whether its file is there also if it is empty; the others are made with their first row.
    pub(super) fn is_always_there(self) -> bool {
        !matches!(self, Table::Sent | Table::Failed)
    }

    /// The file's name without its ending.
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

/// How many bytes of each table's file are committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths([u64; Table::ALL.len()]);

impl Lengths {
    /// Of one table's file.
    pub fn of(&self, table: Table) -> u64 {
        self.0[table as usize]
    }

    /// Sets that of one table's file.
    pub fn set(&mut self, table: Table, length: u64) {
        self.0[table as usize] = length;
    }
}

/// The name of a table's file.
pub(crate) fn file_name(table: Table) -> String {
    format!("{}.jsonl", table.name())
}
