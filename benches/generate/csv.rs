//! Books for the benchmarks as folders of record files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::generate::people::{address, id, mix};

/// Writes a folder of `count` contacts with the first addresses, and one user.
pub fn folder(folder: &Path, count: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("contact.csv"))?);
    writeln!(
        out,
        "contactid,fullname,emailaddress1,ownerid,statecode,createdon,jobtitle,telephone1"
    )?;
    for n in 0..count {
        writeln!(
            out,
            "{},First Last{n},{},u{},0,2024-01-01T00:00:00Z,Head of {},+49 30 {:07}",
            id(n),
            address(n),
            n % 7,
            mix(n) % 100,
            n % 10_000_000
        )?;
    }
    out.flush()?;
    std::fs::write(
        folder.join("systemuser.csv"),
        "systemuserid,fullname,internalemailaddress\nu1,Uma Owner,uma@contoso.example\n",
    )
}
