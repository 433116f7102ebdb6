//! `mailtrack send`.

use crate::cli::commands::send::report::warn;
use crate::cli::context::{basis_settings, now, threads};
use crate::cli::error::{CommandError, incomplete, usage, wrong};
use crate::cli::say::Notices;
use crate::run::basis::{Basis, sound};
use std::collections::HashMap;
use std::path::Path;

use crate::options::{HandOver, Options};
use crate::output::lines::Lines;
use crate::output::state::stored::Key;
use crate::output::state::{Changes, Outcome, Outgoing};
use crate::output::table::Table;
use crate::output::{FailedRow, SentRow};
use crate::send::Transport;
use crate::send::compose::{Composed, compose};
use crate::send::not_taken::NotTaken;
use crate::send::outbox;
use crate::send::outbox::{Line, Pending};
use crate::send::track::{SendContext, Sender};
use jiff::Timestamp;

use super::report::Report;
use crate::cli::args::SendArgs;
use crate::output::folder::OutFolder;

/// Runs the command.
pub(crate) fn run(args: &SendArgs) -> Result<u8, CommandError> {
    let now = now(args.book.now.as_deref())?;
    let threads = threads(1)?;
    let ground = Basis::load(
        &basis_settings(&args.book)?,
        now,
        !args.out.dry_run,
        &threads,
        &Notices,
    )?;
    ground.doubt.iter().for_each(|doubt| warn(doubt));
    let way = allowed(&ground.options, args.book.options.as_deref())?;
    let way = Transport::new(way).map_err(usage)?;
    let mut lines = Vec::new();
    for path in &args.outbox {
        let read = outbox::read(path);
        lines.extend(read.map_err(|error| {
            let shown = path.display();
            wrong(format!(
                "{shown}: cannot be read: {error}; an outbox is a file of JSON objects, one a line"
            ))
        })?);
    }
    let folder = OutFolder::open(&(&args.out).into(), &ground.options)?;
    let ground = SendContext {
        options: &ground.options,
        rules: &ground.rules,
        book: &ground.book,
        now,
        threads: &threads,
    };
    let mut run = Run {
        ground,
        folder,
        way,
        now,
        is_dry: args.out.dry_run,
        first: HashMap::new(),
        report: Report::default(),
    };
    let ended = run.all(&lines).and_then(|()| run.has_seen_all());
    // Whatever ended it: what was sent before is told.
    run.way.close();
    run.report.lines = lines.len() as u64;
    let told = run.report.tell(args);
    ended?;
    sound(ground.book)?;
    told?;
    Ok(run.report.status(args.strict))
}

/// The way that messages go, where the options allow that any do.
fn allowed<'o>(options: &'o Options, file: Option<&Path>) -> Result<&'o HandOver, CommandError> {
    let file = file.map_or("the options".into(), |file| file.display().to_string());
    if !options.send.allow {
        return Err(wrong(format!(
            "{file}: `send.allow` is false, so nothing is sent; write `allow = true` under `[send]`"
        )));
    }
    options.send.way.as_ref().ok_or_else(|| {
        wrong(format!(
            "{file}: `[send]` says no way for messages to go: set `send.outbox`, a Maildir, or `send.smtp.host`"
        ))
    })
}

/// What a run looks at and has come to.
struct Run<'g> {
    ground: SendContext<'g>,
    folder: OutFolder,
    way: Transport,
    now: Timestamp,
    is_dry: bool,
    /// The first line of each message, and what it says.
    first: HashMap<Key, (String, Key)>,
    report: Report,
}

impl Run<'_> {
    fn all(&mut self, lines: &[Line]) -> Result<(), CommandError> {
        for line in lines {
            if self.report.stopped.is_some() {
                // What was sent before is told as such; all else waits for the next run.
                let known = self.known(line)?.map(|known| known.outcome);
                match known {
                    Some(Outcome::Sent) => self.report.sent_before += 1,
                    Some(Outcome::Failed) => self.report.failed_before += 1,
                    Some(Outcome::Begun | Outcome::Doubtful) => self.report.doubtful += 1,
                    Some(Outcome::PutOff) | None => self.report.pending += 1,
                }
                continue;
            }
            self.one(line)?;
        }
        Ok(())
    }

    fn known(&self, line: &Line) -> Result<Option<Outgoing>, CommandError> {
        match &self.folder.state {
            Some(state) => state.outgoing(&line.key).map_err(incomplete),
            None => Ok(None),
        }
    }

    fn one(&mut self, line: &Line) -> Result<(), CommandError> {
        let known = self.known(line)?;
        if self.is_repeated(line) {
            return Ok(());
        }
        let is_same = known.as_ref().is_some_and(|it| it.says(line.content));
        // What never had a token was wrong in itself, and may be right by now: the book or the options have changed.
        let was_begun = known.as_ref().is_some_and(|it| !it.token.is_empty());
        match known.as_ref().map(|known| known.outcome) {
            Some(Outcome::Sent) if is_same => {
                self.report.sent_before += 1;
                return Ok(());
            }
            Some(Outcome::Sent) => return self.uses_an_id_again(line),
            Some(Outcome::Failed) if is_same && was_begun => {
                self.report.failed_before += 1;
                return Ok(());
            }
            Some(Outcome::Begun) => {
                let why = "a run was stopped while it handed this message over, so it may have been sent; check, and give it another `id` if not";
                return self.ends(line, known, Outcome::Doubtful, why);
            }
            Some(Outcome::Doubtful) => {
                self.report.doubtful += 1;
                self.report.warn(&format!(
                    "{}: an earlier run could not find out whether it was accepted; check whether it was sent, and give it another `id` if not",
                    line.place
                ));
                return Ok(());
            }
            Some(Outcome::Failed | Outcome::PutOff) | None => (),
        }
        let checked = match &line.message {
            Ok(pending) => self.ground.sender(pending).map(|sender| (pending, sender)),
            Err(problem) => Err(problem.clone()),
        };
        // What a damaged book says of an address is no reason to refuse it.
        sound(self.ground.book)?;
        match checked {
            Ok(_) if known.is_none() && self.lacks_outgoing()? => {
                let why = "the state was rebuilt and does not know every message that was handed over, so this one may have been sent; check, and give it another `id` if not";
                self.ends(line, known, Outcome::Doubtful, why)
            }
            Ok((pending, sender)) => self.send(line, pending, &sender, known),
            Err(_) if known.is_some() && is_same => {
                self.report.failed_before += 1;
                Ok(())
            }
            Err(problem) => self.ends(line, known, Outcome::Failed, &problem),
        }
    }

    /// Whether messages may have been handed over that the state does not know.
    fn lacks_outgoing(&self) -> Result<bool, CommandError> {
        match &self.folder.state {
            Some(state) => state.lacks_outgoing().map_err(incomplete),
            None => Ok(false),
        }
    }

    /// Every line of the outbox was looked at: what comes into it from now on was never handed over.
    fn has_seen_all(&mut self) -> Result<(), CommandError> {
        let is_whole = !self.is_dry && self.report.stopped.is_none();
        match self.folder.state.as_mut().filter(|_| is_whole) {
            Some(state) => state.lacks_no_outgoing().map_err(incomplete),
            None => Ok(()),
        }
    }

    /// An id that was sent with other contents: what it says now is a message of its own, and not sent.
    fn uses_an_id_again(&mut self, line: &Line) -> Result<(), CommandError> {
        let by_content = Line {
            key: line.content,
            ..line.clone()
        };
        if self.known(&by_content)?.is_some() {
            self.report.failed_before += 1;
            return Ok(());
        }
        let id = line.id.as_deref().unwrap_or_default();
        let why = format!(
            "a message with the id `{id}` was sent before, and said something else; give this one an `id` of its own"
        );
        self.ends(&by_content, None, Outcome::Failed, &why)
    }

    /// Whether another line of this run is the same message; that one is sent, and this one is told.
    fn is_repeated(&mut self, line: &Line) -> bool {
        let Some((first, content)) = self.first.get(&line.key) else {
            let first = (line.place.clone(), line.content);
            self.first.insert(line.key, first);
            return false;
        };
        let warning = match (&line.id, *content == line.content) {
            (Some(id), false) => format!(
                "{}: has the id `{id}` of another message, {first}, and is not sent; give it one of its own",
                line.place
            ),
            _ => format!(
                "{}: is the same message as {first}, and is not sent twice; to send both, give each an `id`",
                line.place
            ),
        };
        self.report.warn(&warning);
        self.report.repeated += 1;
        true
    }

    fn send(
        &mut self,
        line: &Line,
        pending: &Pending,
        sender: &Sender,
        known: Option<Outgoing>,
    ) -> Result<(), CommandError> {
        if self.is_dry {
            self.report.would_send(line, pending);
            return Ok(());
        }
        if let Err(why) = self.way.open() {
            self.report.stop(line, &why);
            return Ok(());
        }
        let put_off = known.filter(|it| it.outcome == Outcome::PutOff && it.says(line.content));
        let token = match put_off {
            Some(put_off) => put_off.token,
            None => self.token(&sender.owner)?,
        };
        let composed = compose(pending, line.key, &token, self.now)?;
        let client = self.folder.client().to_owned();
        self.folder.begins_sending()?;
        if let Some(state) = &mut self.folder.state {
            let begun = state.begin(line.key, line.content, &token, &client);
            begun.map_err(incomplete)?;
        }
        self.folder.keeps();
        let begun = Some(Outgoing {
            content: line.content,
            outcome: Outcome::Begun,
            token: token.clone(),
        });
        match self.way.hand_over(&composed) {
            Ok(()) => self.sent(line, (pending, &composed), sender, token),
            Err(NotTaken::Ever(why)) => self.ends(line, begun, Outcome::Failed, &why),
            Err(NotTaken::Unsaid(why)) => {
                self.ends(line, begun, Outcome::Doubtful, &why)?;
                self.report.stopped = Some(why);
                Ok(())
            }
            Err(NotTaken::Now(why)) => {
                self.put_off(line, token)?;
                self.report.put_off(line, &why);
                Ok(())
            }
            Err(NotTaken::Nobody(why)) => {
                self.put_off(line, token)?;
                self.report.stop(line, &why);
                Ok(())
            }
        }
    }

    /// The next tracking token of a sender (R9).
    fn token(&mut self, owner: &str) -> Result<String, CommandError> {
        let Some(state) = &mut self.folder.state else {
            return Ok(String::new());
        };
        let correlation = &self.ground.options.correlation;
        let (user, counter) = state.next_token(owner).map_err(incomplete)?;
        let user = correlation.token_base + user;
        match correlation.token.token(user, counter) {
            Some(token) => Ok(correlation.token.written(token)),
            None => Err(CommandError::Incomplete(anyhow::anyhow!(
                "{owner} has the number {user} in tracking tokens, which has more than `correlation.token.user_digits` digits"
            ))),
        }
    }

    /// Notes that a message was taken, and tracks it.
    fn sent(
        &mut self,
        line: &Line,
        message: (&Pending, &Composed),
        sender: &Sender,
        token: String,
    ) -> Result<(), CommandError> {
        let (ground, folder) = (self.ground, &mut self.folder);
        let kept = ground.track(message, sender, &line.source, |mut tracked| {
            let mut sent = Lines::default();
            sent.push(&SentRow {
                id: line.id.as_deref(),
                source: &line.source,
                activityid: tracked.id,
                messageid: &message.1.message_id,
                trackingtoken: &token,
                subject: tracked.subject,
                senton: tracked.sent_on,
                recipients: &message.1.recipients,
            });
            tracked.changes.outgoing.push((
                line.key,
                Outgoing {
                    content: line.content,
                    outcome: Outcome::Sent,
                    token: token.clone(),
                },
            ));
            let rows = [
                (Table::Emails, &tracked.emails),
                (Table::ActivityParties, &tracked.parties),
                (Table::Sent, &sent),
            ];
            folder.keep(&rows, tracked.changes, ground.threads)
        });
        match kept {
            Some(kept) => kept?,
            None => {
                return Err(CommandError::Incomplete(anyhow::anyhow!(
                    "{}: was sent, and its activity could not be made; please report this",
                    line.place
                )));
            }
        }
        if !message.0.bcc.is_empty() && !self.way.tells_blind_copies() {
            self.report.warn(&format!(
                "{}: a Maildir does not say who gets a blind copy; take all recipients from sent.jsonl for the program that sends from it",
                line.place
            ));
        }
        self.report.sent += 1;
        Ok(())
    }

    /// Notes that a message will not be sent, and why.
    fn ends(
        &mut self,
        line: &Line,
        begun: Option<Outgoing>,
        outcome: Outcome,
        why: &str,
    ) -> Result<(), CommandError> {
        let is_doubtful = outcome == Outcome::Doubtful;
        let token = begun.map(|begun| begun.token).unwrap_or_default();
        self.report.warn(&format!(
            "{}: {}{why}",
            line.place,
            if is_doubtful { "doubtful: " } else { "" }
        ));
        *(if is_doubtful {
            &mut self.report.doubtful
        } else {
            &mut self.report.failed
        }) += 1;
        let mut failed = Lines::default();
        failed.push(&FailedRow {
            id: line.id.as_deref(),
            source: &line.source,
            outcome: if is_doubtful { "doubtful" } else { "failed" },
            trackingtoken: Some(&*token).filter(|token| !token.is_empty()),
            error: why,
        });
        let changes = Changes {
            outgoing: vec![(
                line.key,
                Outgoing {
                    content: line.content,
                    outcome,
                    token,
                },
            )],
            ..Changes::default()
        };
        self.folder
            .keep(&[(Table::Failed, &failed)], changes, self.ground.threads)?;
        Ok(())
    }

    fn put_off(&mut self, line: &Line, token: String) -> Result<(), CommandError> {
        let outgoing = Outgoing {
            content: line.content,
            outcome: Outcome::PutOff,
            token,
        };
        let changes = Changes {
            outgoing: vec![(line.key, outgoing)],
            ..Changes::default()
        };
        self.folder.keep(&[], changes, self.ground.threads)?;
        Ok(())
    }
}
