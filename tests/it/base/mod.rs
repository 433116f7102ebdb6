//! Files as such: what is opened, and what is not a plain file.

mod odd_files;
