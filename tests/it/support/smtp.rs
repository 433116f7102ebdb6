//! A mail server for one test, which behaves as the test wants.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How the server differs from a good one.
#[derive(Clone, Debug, PartialEq)]
pub enum Mood {
    Good,
    /// Sends nothing at all.
    Mute,
    /// Does not speak SMTP.
    Foreign,
    /// Answers a command with this prefix with this line.
    Answers(&'static str, &'static str),
    /// Closes the connection at a command with this prefix.
    ClosesAt(&'static str),
    /// Accepts a message and sends no reply.
    MuteAfterMessage,
    /// Accepts a message and closes the connection.
    ClosesAfterMessage,
    /// Answers a whole message with this line.
    AnswersMessage(&'static str),
}

/// A message that was accepted.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    /// Header section and body, without dot-stuffing.
    pub data: String,
}

/// The server, which ends with the test.
pub struct Server {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    said: Arc<Mutex<Vec<String>>>,
    mood: Arc<Mutex<Mood>>,
}

impl Server {
    pub fn start(mood: Mood) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            said: Arc::default(),
            mood: Arc::new(Mutex::new(mood)),
        };
        let (taken, said, mood) = (
            server.taken.clone(),
            server.said.clone(),
            server.mood.clone(),
        );
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (taken, said, mood) = (taken.clone(), said.clone(), mood.clone());
                thread::spawn(move || {
                    let mood = mood.lock().unwrap().clone();
                    let _ = talk(&stream, &mood, &taken, &said);
                });
            }
        });
        server
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Returns the messages that were handed over completely, including those that were not answered.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Returns every command line.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Waits until at least `count` messages were handed over.
    pub fn wait_for(&self, count: usize) {
        for _ in 0..500 {
            if self.taken().len() >= count {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("no {count} messages came");
    }
}

fn talk(
    stream: &TcpStream,
    mood: &Mood,
    taken: &Mutex<Vec<Taken>>,
    said: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut out = stream;
    if *mood == Mood::Mute {
        thread::sleep(Duration::from_secs(60));
        return Ok(());
    }
    if *mood == Mood::Foreign {
        return out.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    }
    out.write_all(b"220 test ESMTP\r\n")?;
    let mut message = Taken::default();
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next() {
        let line = line?;
        said.lock().unwrap().push(line.clone());
        match mood {
            Mood::Answers(start, answer) if line.starts_with(start) => {
                write!(out, "{answer}\r\n")?;
                continue;
            }
            Mood::ClosesAt(start) if line.starts_with(start) => return Ok(()),
            _ => (),
        }
        let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
        let path = || line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
        match &*verb {
            "EHLO" => out.write_all(b"250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n")?,
            "MAIL" => {
                message = Taken {
                    from: path(),
                    ..Taken::default()
                };
                out.write_all(b"250 ok\r\n")?;
            }
            "RCPT" => {
                message.to.push(path());
                out.write_all(b"250 ok\r\n")?;
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let mut is_whole = false;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        is_whole = true;
                        break;
                    }
                    let text = line.strip_prefix('.').unwrap_or(&line);
                    message.data.push_str(text);
                    message.data.push_str("\r\n");
                }
                // A message whose transfer is interrupted was not handed over.
                if !is_whole {
                    return Ok(());
                }
                taken.lock().unwrap().push(std::mem::take(&mut message));
                match mood {
                    Mood::MuteAfterMessage => {
                        thread::sleep(Duration::from_secs(60));
                        return Ok(());
                    }
                    Mood::ClosesAfterMessage => return Ok(()),
                    Mood::AnswersMessage(answer) => write!(out, "{answer}\r\n")?,
                    _ => out.write_all(b"250 taken\r\n")?,
                }
            }
            "AUTH" => out.write_all(b"235 welcome\r\n")?,
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"250 ok\r\n")?,
        }
    }
    Ok(())
}
