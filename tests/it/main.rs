//! Tests of what users see, through the binary: one harness, a module for each subject.

mod demo;
