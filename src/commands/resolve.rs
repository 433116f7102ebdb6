use super::CommandError;
pub fn run(_: &crate::cli::ResolveArgs) -> Result<u8, CommandError> {
    Ok(0)
}
