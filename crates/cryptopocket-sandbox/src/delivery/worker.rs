//! The task that lets time pass and carries the post out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_webhooks::Signer;
use tokio::task::JoinSet;

use cryptopocket_emulator::delivery::{Outgoing, Remark};

use super::send;
use crate::clock;
use crate::shared::Shared;
use crate::world::Due;

/// Runs until it is dropped.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut under_way = JoinSet::new();
    loop {
        let work = shared.work(|world| {
            let leaving = world.post.take_ready();
            let pause = world
                .timers
                .next()
                .and_then(|due| world.clock.wall_time_until(due));
            (leaving, pause.map(|pause| pause.max(Duration::from_millis(1))))
        });
        // What a webhook tells must be in the state file before anybody hears of it.
        let Ok((leaving, pause)) = work.await else { return };
        for outgoing in leaving {
            under_way.spawn(attempt(Arc::clone(&shared), outgoing));
        }
        while under_way.try_join_next().is_some() {}
        shared.tell_waiting();
        clock::wait(&shared.wake, pause).await;
    }
}

async fn attempt(shared: Arc<Shared>, outgoing: Outgoing) {
    let Outgoing {
        id,
        who,
        url,
        body,
        corrupt,
        skew,
    } = outgoing;
    let (key, secret, generation, now) = shared.look(|world| {
        let one = &world.integrations[who];
        (
            one.key.clone(),
            one.secret.clone(),
            world.generation,
            world.clock.wall_now().unix_seconds(),
        )
    });
    // Receivers compare the timestamp with their own clock, so it is the wall clock's, not the virtual one's.
    let timestamp = u64::try_from(now.saturating_add(skew)).unwrap_or(0);
    let mut remark = Remark::default();
    let answer = match Signer::new(secret) {
        Ok(signer) => {
            let mark = signer.sign_at(&body, timestamp);
            mark.timestamp().clone_into(&mut remark.timestamp);
            mark.signature().clone_into(&mut remark.signature);
            let headers = [
                ("x-api-key", key),
                ("x-timestamp", mark.timestamp().to_owned()),
                ("x-signature", mark.signature().to_owned()),
            ];
            let body = if corrupt {
                with_a_digit_changed(&body)
            } else {
                body
            };
            send::post(&url, &headers, body).await
        }
        Err(_) => Err("the integration's secret cannot sign".to_owned()),
    };
    let result = answer.map(|(status, said)| {
        remark.answer = said;
        status
    });
    let noted = shared.transact(|world| {
        if world.generation == generation {
            let now = world.now();
            if let Some((from, after)) = world.post.record(id, now, result) {
                world.schedule_from(from, after, Due::Attempt(id));
            }
            world.post.remark(id, remark);
        }
    });
    // Where it cannot be written down, the worker learns so by itself and ends.
    drop(noted.await);
}

fn with_a_digit_changed(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    if let Some(digit) = bytes.iter_mut().find(|byte| byte.is_ascii_digit()) {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    bytes.into()
}
