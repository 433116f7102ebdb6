//! What runs have written as requests to Dataverse's Web API, in numbered batches that a script posts one after another:
//! contacts and leads, then emails with their parties, each after those that it answers, then their states, and last
//! what emails are about by now. Every id is this program's, and what is there already is left as it is: so posting
//! again makes nothing twice.

pub(crate) mod batches;
pub(crate) mod names;
pub(crate) mod requests;
pub(crate) mod text;
