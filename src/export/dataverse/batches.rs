//! Writes numbered files of requests, in the JSON format of OData's `$batch`, and the manifest that lists them in
//! order.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::export::aside::Aside;
use crate::export::error::ExportError;

/// Maximum number of requests that Dataverse accepts in a batch.
const REQUESTS_MAX: u64 = 1000;

/// Maximum size of a batch in bytes. Dataverse refuses requests of more than some hundred megabytes, and those that
/// take minutes.
const BYTES_MAX: usize = 16 << 20;

const MANIFEST: &str = "manifest.json";
const DESCRIPTION: &str = "README.md";
const PROGRAM: &str = "post.py";

/// The contents of batches, as in their file names.
const KINDS: [&str; 5] = ["contacts", "leads", "emails", "states", "regarding"];

/// The condition under which a request is carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Precondition {
    /// The record does not exist: it is created.
    Absent,
    /// The record exists: it is changed.
    Present,
}

impl Precondition {
    fn header(self) -> Value {
        match self {
            Precondition::Absent => json!({ "If-None-Match": "*" }),
            Precondition::Present => json!({ "If-Match": "*" }),
        }
    }
}

/// The batches of an export.
pub(crate) struct Batches<'b> {
    folder: &'b Path,
    asides: &'b mut Vec<Aside>,
    kind: &'static str,
    precondition: Precondition,
    open: Option<Open>,
    files: Vec<(String, u64)>,
    manifest: Vec<Value>,
}

/// A batch that is being written.
struct Open {
    name: String,
    out: BufWriter<Aside>,
    requests: u64,
    bytes: usize,
}

impl<'b> Batches<'b> {
    /// Creates an export without batches.
    pub(crate) fn new(folder: &'b Path, asides: &'b mut Vec<Aside>) -> Batches<'b> {
        Batches {
            folder,
            asides,
            kind: KINDS[0],
            precondition: Precondition::Absent,
            open: None,
            files: Vec::new(),
            manifest: Vec::new(),
        }
    }

    /// Begins batches with this content; later requests have this precondition.
    pub(crate) fn begin(&mut self, kind: &'static str, precondition: Precondition) {
        (self.kind, self.precondition) = (kind, precondition);
    }

    /// Adds a request that writes columns of the record at `url`.
    pub(crate) fn push(&mut self, url: &str, body: &Map<String, Value>) -> Result<(), ExportError> {
        let is_full = |it: &Open| it.requests >= REQUESTS_MAX || it.bytes >= BYTES_MAX;
        if self.open.as_ref().is_some_and(is_full) {
            self.end()?;
        }
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open::new(self.folder, self.files.len() + 1, self.kind)?),
        };
        let mut headers = self.precondition.header();
        headers["Content-Type"] = "application/json".into();
        let request = json!({
            "id": (open.requests + 1).to_string(),
            "method": "PATCH",
            "url": url,
            "headers": headers,
            "body": body,
        });
        open.push(self.folder, &request.to_string())
    }

    /// Ends the batch that is being written.
    pub(crate) fn end(&mut self) -> Result<(), ExportError> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        let to = self.folder.join(&open.name);
        let ended = open.out.write_all(b"\n]}\n");
        ended.map_err(ExportError::writing(&to))?;
        let aside = open.out.into_inner();
        let aside = aside.map_err(|error| ExportError::writing(&to)(error.into_error()))?;
        self.asides.push(aside);
        self.manifest.push(json!({
            "number": self.files.len() + 1,
            "file": open.name,
            "holds": self.kind,
            "requests": open.requests,
            "method": "POST",
            "path": "/api/data/v9.2/$batch",
            "headers": { "Prefer": "odata.continue-on-error" },
            "accept": match self.precondition {
                Precondition::Absent => json!([201, 204, 412]),
                Precondition::Present => json!([204]),
            },
        }));
        self.files.push((open.name, open.requests));
        Ok(())
    }

    /// Writes the manifest, the description and the script. Returns each file and its number of requests.
    pub(crate) fn close(self) -> Result<Vec<(String, u64)>, ExportError> {
        let manifest = format!("{:#}\n", json!({ "batches": self.manifest }));
        for (name, text) in [
            (MANIFEST, &*manifest),
            (DESCRIPTION, include_str!("README.md")),
            (PROGRAM, include_str!("post.py")),
        ] {
            let to = self.folder.join(name);
            let mut aside = Aside::new(&to)?;
            let written = aside.file().write_all(text.as_bytes());
            written.map_err(ExportError::writing(&to))?;
            self.asides.push(aside);
        }
        Ok(self.files)
    }
}

impl Open {
    fn new(folder: &Path, number: usize, kind: &str) -> Result<Open, ExportError> {
        let name = format!("{number:05}-{kind}.json");
        Ok(Open {
            out: BufWriter::new(Aside::new(&folder.join(&name))?),
            name,
            requests: 0,
            bytes: 0,
        })
    }

    fn push(&mut self, folder: &Path, request: &str) -> Result<(), ExportError> {
        let before: &[u8] = match self.requests {
            0 => b"{\"requests\":[\n",
            _ => b",\n",
        };
        self.requests += 1;
        self.bytes += request.len();
        let written = self.out.write_all(before);
        let written = written.and_then(|()| self.out.write_all(request.as_bytes()));
        written.map_err(ExportError::writing(&folder.join(&self.name)))
    }
}

/// Returns whether a file has the name of a batch.
pub(crate) fn is_batch(name: &str) -> bool {
    let parts = name.strip_suffix(".json").and_then(|it| it.split_once('-'));
    parts.is_some_and(|(number, kind)| {
        number.len() >= 5 && number.bytes().all(|it| it.is_ascii_digit()) && KINDS.contains(&kind)
    })
}
