//! Decisions that the tables of cases do not cover: decisions made again, duplicates, vCards.

mod again;
mod cards;
mod duplicates;
