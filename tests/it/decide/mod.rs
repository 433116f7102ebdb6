//! Decisions beyond the tables of cases: what is decided again, duplicates, vCards.

mod again;
mod cards;
mod duplicates;
