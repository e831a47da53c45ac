//! Steps that need words of their own where they are refused, the same for the typed methods and for HTTP.

use cryptopocket_types::Decimal;

use super::ControlError;
use crate::near::shown;
use crate::world::{Due, Incoming, Trouble, World};

type Step = Result<(), ControlError>;

const ANY_STATUS: &str = "`payments/{id}/status` (`set_payment_status`) gives it any status";

pub fn pay(world: &mut World, id: &str, holder: Option<&str>, wallet: Option<&str>) -> Step {
    let paid = world.pay(id, holder, wallet);
    paid.map_err(|trouble| in_words(world, id, trouble, &["started"], false))
}

pub fn announce_transfer(world: &mut World, id: &str) -> Step {
    let announced = world.announce_transfer(id);
    announced.map_err(|trouble| in_words(world, id, trouble, &["started"], true))
}

pub fn pay_transfer(world: &mut World, id: &str) -> Step {
    let sent = world.pay_transfer(id);
    sent.map_err(|trouble| in_words(world, id, trouble, &["started", "pending_bank"], true))
}

/// Says in which states a payment takes a step, which is for transfers only or for all others, and what to do instead.
fn in_words(
    world: &World,
    id: &str,
    trouble: Trouble,
    fitting: &[&str],
    for_transfers: bool,
) -> ControlError {
    let payment = world.integrations.iter().find_map(|one| one.payments.get(id));
    let (Trouble::WrongState(_), Some(payment)) = (&trouble, payment) else {
        return trouble.into();
    };
    let (method, status) = (payment.method.payment_type, payment.status.as_str());
    let is_transfer = method == "transfer";
    let instead = if is_transfer {
        "a transfer is paid with `payments/{id}/transfer` (`pay_transfer`)"
    } else {
        "other payments are paid with `payments/{id}/pay` (`pay`)"
    };
    let fits = fitting.contains(&status);
    if is_transfer != for_transfers && matches!(status, "started" | "pending_bank") {
        return ControlError::WrongState(format!("the payment is by {method}; {instead}"));
    }
    if fits {
        return trouble.into();
    }
    let fitting = fitting.join(" or ");
    let state = format!(
        "the payment is {}, and this takes one that is {fitting}",
        shown(status)
    );
    ControlError::WrongState(format!("{state}; {ANY_STATUS}"))
}

/// Coins arrive for an off-ramp.
pub fn deposit(world: &mut World, id: u64, amount: Option<Decimal>) -> Step {
    if amount.is_some_and(|amount| amount <= Decimal::ZERO) {
        let rule = "amount: coins that arrive are more than none";
        let cure = "write an amount above 0, or leave it out for all that are missing";
        return Err(ControlError::Invalid(format!("{rule}; {cure}")));
    }
    let offramp = world.integrations.iter().find_map(|one| one.offramps.get(&id));
    if let (Some(amount), Some(offramp)) = (amount, offramp)
        && amount.rescaled(offramp.asset.decimals).is_none()
    {
        let (symbol, decimals) = (offramp.asset.symbol, offramp.asset.decimals);
        let rule = format!("amount: {symbol} has {decimals} decimals");
        return Err(ControlError::Invalid(format!("{rule}; write no more of them")));
    }
    world.deposit(id, amount).map_err(|trouble| match trouble {
        Trouble::WrongState(why) => ControlError::WrongState(format!(
            "{why}, and coins arrive for one that is started; `offramps/{{id}}/status` (`set_offramp_status`) gives it \
             any status"
        )),
        Trouble::NotFound(_) => trouble.into(),
    })
}

/// Money arrives on a bank account. The payment it is meant for may be named by its id or its external id.
pub fn credit(world: &mut World, who: usize, mut incoming: Incoming) -> Result<String, ControlError> {
    let invalid = |why: String| Err(ControlError::Invalid(why));
    let amount = incoming.amount.rescaled(2);
    if amount.is_none_or(Decimal::is_zero) {
        let rule = format!(
            "`{}` cannot be booked, for a bank books whole cents, and not zero",
            incoming.amount
        );
        return invalid(format!("amount: {rule}; write an amount such as 240.00"));
    }
    let accounts = &world.integrations[who].accounts;
    if let Some(iban) = &incoming.iban
        && !accounts.iter().any(|account| account.iban == *iban)
    {
        let known: Vec<&str> = accounts.iter().map(|account| account.iban.as_str()).collect();
        let rule = format!("`{}` is none of the integration's accounts", shown(iban));
        return invalid(format!("iban: {rule}; use one of {}", known.join(", ")));
    }
    if let Some(named) = &incoming.meant_for {
        incoming.meant_for = Some(payment_named(world, who, named)?);
    }
    Ok(world.credit(who, incoming)?)
}

/// The id of the integration's payment that has this id, or alone has this external id.
fn payment_named(world: &World, who: usize, named: &str) -> Result<String, ControlError> {
    let found = world.payments_called(who, named);
    if let [payment] = found.as_slice() {
        return Ok(payment.clone());
    }
    let named = shown(named);
    let why = if found.is_empty() {
        format!(
            "`{named}` is neither id nor external_id of one of the integration's payments; name one that there is"
        )
    } else {
        format!("`{named}` is the external_id of several payments; write the id of one of them")
    };
    Err(ControlError::Invalid(format!("meant_for: {why}")))
}

/// A webhook of the log leaves again.
pub fn redeliver(world: &mut World, delivery: u64) -> Step {
    world
        .post
        .get(delivery)
        .ok_or(ControlError::NotFound("delivery"))?;
    let now = world.now();
    world.timers.set(now, Due::Attempt(delivery));
    Ok(())
}
