//! Files in general: what is opened, and what is not a regular file.

mod odd_files;
