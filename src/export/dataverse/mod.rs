//! Exports an output folder as requests to Dataverse's Web API, in numbered batches that a script posts one after
//! another: contacts and leads; emails with their parties, each after the ones that it answers; their states; and last
//! the changed regarding records. All ids are those of this program, and existing records are left unchanged, so
//! posting again creates no duplicates.

pub(crate) mod batches;
pub(crate) mod names;
pub(crate) mod requests;
pub(crate) mod text;
