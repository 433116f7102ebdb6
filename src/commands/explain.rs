use super::CommandError;
pub fn run(_: &crate::cli::ExplainArgs) -> Result<u8, CommandError> {
    Ok(0)
}
