//! A *feature* is a part of the program that a build may leave out, because it is heavy.

/// What this build cannot do.
#[derive(Debug, thiserror::Error)]
#[error(
    "this mailtrack was built without {what}; build it with `cargo build --release --features {feature}`"
)]
pub struct NotBuiltIn {
    /// What the feature is for.
    pub what: &'static str,
    /// The feature's name.
    pub feature: &'static str,
}

/// PostgreSQL, of a build that has left it out.
pub const NO_POSTGRES: NotBuiltIn = NotBuiltIn {
    what: "PostgreSQL",
    feature: "postgres",
};

/// Parquet, likewise.
pub const NO_PARQUET: NotBuiltIn = NotBuiltIn {
    what: "Parquet",
    feature: "parquet",
};
