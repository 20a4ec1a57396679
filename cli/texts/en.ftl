# The texts of the chat in English. pt.ftl has the same ids and variables; a test compares them.
# Each line a person reads says one thing. A hint says what to do.

somebody = somebody
unnamed = (without a name)

## Lengths of time

length-millis = { $millis } ms
length-seconds = { $seconds } s
length-minutes = { $minutes } min { $seconds } s
length-hours = { $hours } h { $minutes } min
length-days = { $days } d { $hours } h

## What messages are

body-deleted = (deleted)
body-unreadable = (cannot be read: { $why })
body-gone = (no longer held by the relay)
body-unsupported = (made by a newer version of lacre)
note-edited = edited
note-queued = queued
note-refused = refused

## What happened

told-connected = connected
told-back = connected again; what was waiting goes out now
told-broken = the connection is lost; trying again
    .hint = what you write is kept on this device and goes out when the relay is back
told-added = you are now in { $room }
told-direct = { $who } can write to you now, and you to them
told-you-left = you left { $room }
told-you-removed = you were removed from { $room }
told-you-banned = you were banned from { $room }
told-joined = { $who } joined { $room }
told-left = { $who } left { $room }
told-edited = { $who } edited in { $room }: { $text }
told-voted = { $who } voted in { $room }: { $text }
told-poll-closed = the poll in { $room } is closed: { $text }
told-renamed = { $room } is called { $name } now
told-named = { $who } is called { $name } now
told-unnamed = { $who } goes by the handle again
told-status = { $who } says: { $status }
told-deleted = { $who } deleted a message in { $room }
told-refused = not sent to { $room }: { $text }
told-stopped = { $room } has stopped
told-approval = the device “{ $name }” asks to be let in; if it is yours: lacre account devices approve { $device }
told-here = { $who } has connected
told-gone = { $who } has disconnected
told-away = { $who } is away
told-returned = { $who } is back
told-lagged = { $count ->
    [one] { $count } event was left out because the output was too slow; /history shows what was missed
   *[other] { $count } events were left out because the output was too slow; /history shows what was missed
}
told-error = something failed

## What went wrong

error-usage = /{ $command } was not understood
    .hint = write it as { $usage }
error-unknown-command = there is no command /{ $name }
    .nearest = did you mean { $usage }?
    .hint = /{ $help } lists the commands; a text that begins with a slash is written with two
error-no-room = you are not in a room
    .hint = /rooms lists yours, /join NAME goes to one, /msg @person talks to one person
error-not-in-room = you are no longer in this room
    .hint = ask one of its members to add you
error-no-such-room = there is no room “{ $name }”
    .hint = /rooms lists the ones there are
error-several-rooms = several rooms are called “{ $name }”
    .hint = name one by its id: { $ids }
error-no-person = nobody is called @{ $name }
    .hint = check the spelling; a handle has small letters, digits and . _ -
error-not-here = @{ $name } is not in this room
    .hint = /users lists who is
error-no-right = you may not do that here
    .hint = ask an owner of the room; /users shows who that is
error-banned = that person is kept out of this room
    .hint = /unban @person lets them in again
error-you-banned = you are banned from this room
    .hint = ask one of its owners to lift the ban
error-span = “{ $word }” is not a length of time
    .hint = write a number and a unit: 30s, 10m, 2h, 1d, 1w
error-not-kept = the choice holds until you leave, but could not be kept
error-yourself = that is you
    .hint = { $leave } leaves a room
error-no-answer = the relay did not answer within { $seconds } s
    .hint = check your network; lacre goes on trying by itself
error-number = “{ $word }” is not a number from 1 to { $most }
error-which = no message in { $room } on this device with { $words }
    .hint = use words of the message, or ^ for the newest, ^2 for the one before it
error-moment = /{ $command } needs a time that lies ahead
    .hint = write it as 2h, in 90m, 18:30, tomorrow 9:00 or 2026-12-03 18:30, then the text
error-past = that time is over
    .hint = it is { $now } on { $day } here
error-no-scheduled = no message waits under the number { $number }
    .hint = { $list } lists the ones that wait
error-no-poll = there is no open poll in { $room } that fits
    .hint = { $usage } asks one; only who asked a poll can close it
error-no-pin = nothing with { $words } is pinned in { $room }
    .hint = { $list } lists what is
error-leave-direct = a private conversation cannot be left
    .hint = it belongs to both of you; go elsewhere with /join

## Help

help-title = commands
help-more = { $usage } says more about one; anything without a slash is sent to the room
help-does = does
help-also = also
help-note = note
guide-command = command
guide-does = what it does

## Commands

command-help = Lists the commands, or explains one
    .usage = /help [COMMAND]
    .more = Names work in both languages, in upper and lower case.
command-rooms = Lists rooms
    .usage = /rooms
    .more = Yours, then those that everybody may enter.
command-join = Goes to a room
    .usage = /join NAME
    .more = One of yours or an open one by name, @person for a private conversation, or an open room by its id.
command-create = Makes an open room
    .usage = /create NAME
    .more = Everybody on this relay finds it by its name and may enter; the relay can read the name. For a private one: /group.
command-group = Makes a private room with people
    .usage = /group NAME [@PEOPLE]
    .more = Only its members can read its name; others come in by invitation.
command-leave = Leaves a room for good
    .usage = /leave [NAME]
    .more = Without a name, the room you are in. What you have read stays on this device.
command-users = Lists who is in the room
    .usage = /users
    .more = Owners stand first.
command-msg = Writes to one person
    .usage = /msg @PERSON [TEXT]
    .more = Without a text, goes to the conversation with this person.
command-history = Shows the last messages
    .usage = /history [NUMBER]
    .more = As this device has them, without asking the relay; 20 without a number.
command-search = Finds messages
    .usage = /search WORDS
    .more = In all rooms, among the messages on this device; the newest 20. "In quotes" finds words in a row.
command-thread = Reads a thread and writes into it
    .usage = /thread [WORDS]
    .more = That of the newest message with these words; ^ is the newest of all, ^2 the one before it. What you write goes there until /thread alone, or another room.
command-pin = Keeps a message in sight
    .usage = /pin [WORDS]
    .more = For everybody: the newest message with these words; ^ is the newest of all, ^2 the one before it. Without words, lists what is pinned.
command-unpin = Takes a pin away
    .usage = /unpin NUMBER or WORDS
    .more = By its number in the list of /pin, or by words of it. Whoever may write may do so.
command-poll = Asks with options to choose from
    .usage = /poll QUESTION | OPTION | OPTION
    .more = 2 to 10 options. A + before the question lets each person choose several.
command-vote = Chooses in a poll
    .usage = /vote [NUMBERS] [WORDS]
    .more = In the newest open poll, or the newest with these words. Another vote replaces the first; - takes it back. Without a number, lists the open polls.
command-close = Closes an own poll
    .usage = /close [WORDS]
    .more = The newest one, or the newest with these words. Votes count no more.
command-schedule = Sends a message later
    .usage = /schedule [WHEN TEXT]
    .more = In 2h, in 90m, at 18:30, tomorrow 9:00 or 2026-12-03 18:30; this device must be on then, else it goes out as soon as it is. Alone it lists what waits; edit NUMBER and another time or text, cancel NUMBER.
command-invite = Adds people to the room
    .usage = /invite @PEOPLE
    .more = They can read what comes from now on.
command-kick = Puts a person out of the room
    .usage = /kick @PERSON
    .more = With all their devices. They keep what they had and read nothing new.
command-ban = Keeps a person out of the room
    .usage = /ban [@PERSON]
    .more = Puts them out, and nobody can let them in again until /unban. Without a name, lists who is kept out.
command-unban = Lets a person come in again
    .usage = /unban @PERSON
    .more = They are not in the room by that; invite them, or let them join.
command-disappear = Says how long messages stay
    .usage = /disappear [10m|2h|1d|1w|off]
    .more = For messages from then on, on every device of everybody. Without a word, says what holds now.
command-read = Marks the room as read
    .usage = /read
    .more = On all your devices.
command-mute = Silences the room
    .usage = /mute [1h|8h|1w|off]
    .more = Elsewhere you are not told of its messages: for that time, or until /mute off.
command-name = Says what others read instead of your handle
    .usage = /name [NAME]
    .more = In rooms of up to 50 people; two alike are shown with their @handle. Without a name, says the present one; - takes it back.
command-status = Says something of yourself
    .usage = /status [TEXT]
    .more = Beside your name, as "in class until noon". Without a text, says the present one; - takes it back.
command-away = Says that you are away
    .usage = /away
    .more = Whoever shares a room with you sees it, until you write again. In the full-screen chat it is said by itself after 10 minutes without a key.
command-seen = Says whether others read when you were here
    .usage = /seen [on|off]
    .more = In rooms you share; off at first. To about a minute, and only who was connected then. Without a word, says what holds.
command-time = Tells the time here
    .usage = /time
    .more = With day and time zone of this machine.
command-ping = Measures the way to the relay or to a person
    .usage = /ping [@PERSON]
    .more = There and back. A person answers only while one of their devices is connected.
command-notices = Tells when people connect
    .usage = /notices [on|off]
    .more = And when they disconnect; off at first, kept on this device. Without a word, says what holds.
command-stats = Counts the room's messages
    .usage = /stats
    .more = By person and hour, from the messages on this device; nobody else learns of it.
command-quit = Ends the chat
    .usage = /quit
    .more = Your rooms are kept; messages that still wait go out first.

## The line mode

plain-hello = you are @{ $handle }; /help lists the commands
plain-no-room = no room yet: /rooms lists yours, /join NAME goes to one, /msg @person writes to one person
plain-failed = a line of the input did not work; see the lines that begin with !
plain-unsent = { $count ->
    [one] { $count } message is safe on this device, but the relay did not take it in time; it goes out the next time
   *[other] { $count } messages are safe on this device, but the relay did not take them in time; they go out the next time
}

## The first start

start-hello = there is no account on this device yet; two answers and you can write
start-relay = address of the relay (lacre://…@host, from whoever runs it):
start-handle = your handle, by which others find you:
start-wait = asking the relay …
start-done = your account @{ $handle } is ready; its keys were made here and stay here
start-bad-address = ! that is not the address of a relay; it looks like lacre://<64 letters and digits>@host:port
start-invite = ! that is an invitation link; they cannot be used yet: ask for the relay's address, lacre://…@host
start-bad-handle = ! a handle has 2 to 32 characters: small letters a-z, digits and . _ -
start-taken = ! @{ $handle } belongs to somebody else on this relay; choose another
start-closed = ! this relay takes no new accounts; ask whoever runs it, or use another relay
start-fingerprint = ! at that address is another relay than the address says; copy the whole address again
start-version = ! that relay speaks another version; update lacre, or use another relay
start-unreachable = ! that relay does not answer; check the address and your network
start-ended = the input ended before the account was made

## Profiles

profile-added = the profile { $name } is there, in { $folder }; write with it: lacre chat --profile { $name }
profile-used = the profile { $name } is in use
profile-current = in use
profile-empty = no account yet
profile-unknown = there is no profile “{ $name }”
profile-exists = there is a profile { $name } already
profile-bad-name = “{ $name }” cannot be a profile's name
profile-default = the profile default is always there and cannot be removed
profile-goes = the account of the profile { $name } goes from this device, with its keys and messages, in { $folder }; without another device of that account it is lost
profile-sure = to remove it, type its name ({ $name }):
profile-kept = the profile { $name } was not removed
profile-open = a program is using { $folder }; end it first
profile-removed = the profile { $name } is removed
profile-not-removed = not all of { $folder } could be removed

## Answers

rooms-title = { $count ->
    [one] { $count } room
   *[other] { $count } rooms
}
rooms-none = no rooms yet; /group NAME @people makes one, /msg @person talks to one person
rooms-here = you are here
rooms-stopped = stopped
rooms-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
kind-open = open
rooms-open = open to everybody; enter with /join NAME
rooms-more = { $count } more; /join NAME enters any of them
kind-direct = private
kind-group = group
kind-space = space
role-owner = owner
role-member = member
users-title = { $room }, { $count ->
    [one] { $count } person
   *[other] { $count } people
}
users-online = online
users-away = away
users-busy = busy
users-seen = seen { $at }
users-you = you
join-entered = you are in { $room }, { $count ->
    [one] { $count } person
   *[other] { $count } people
}
create-made = { $room } is made and open; others enter with /join { $room }
create-taken = a room { $name } is there already
    .hint = enter it with /join { $name }, or choose another name
group-made = { $room } is made, with { $count ->
    [one] { $count } person
   *[other] { $count } people
}; you are in it
leave-waits = you asked to leave { $room }; it happens as soon as another member is connected
msg-open = you are in the conversation with { $who }
msg-sent = written to { $who }
history-title = { $count ->
    [one] last message of { $room }
   *[other] last { $count } messages of { $room }
}
history-empty = no messages in { $room } on this device
search-title = { $count ->
    [one] { $count } message with { $words }
   *[other] { $count } messages with { $words }
}
search-nothing = no message on this device with { $words }
invite-done = added to { $room }: { $who }
rooms-unread = { $count } unread
join-unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
ban-done = { $who } is kept out of { $room }
ban-nobody = nobody is kept out of { $room }
ban-title = kept out of { $room }
unban-done = { $who } may come into { $room } again
unban-not = { $who } is not kept out of { $room }
disappear-never = messages stay in { $room }
disappear-after = new messages in { $room } disappear after { $after }
read-done = everything in { $room } is read
kick-done = { $who } is out of { $room }
ping-relay = to the relay and back: { $time }
ping-person = to { $who } and back: { $time }
ping-silent = { $who } does not answer
    .hint = none of their devices is connected, or they do not want to be seen
ping-strange = you share no room with that person
    .hint = /msg @person opens a conversation
notices-on = lacre tells when people connect and disconnect
notices-off = lacre does not tell when people connect and disconnect
place-thread = { $room }, thread “{ $text }”
poll-asked = asked in { $room }; /{ $vote } NUMBER chooses, /{ $close } ends it
vote-open = { $count ->
    [one] { $count } open poll in { $room }
   *[other] { $count } open polls in { $room }
}
vote-done = your vote in “{ $text }”: { $options }
vote-back = your vote in “{ $text }” is taken back
pin-done = pinned in { $room }: { $text }
pin-none = nothing is pinned in { $room }
pin-title = { $count ->
    [one] { $count } message is pinned in { $room }
   *[other] { $count } messages are pinned in { $room }
}
unpin-done = no longer pinned in { $room }: { $text }
thread-entered = { $count ->
    [one] thread in { $room } with { $count } reply; what you write now goes there, /{ $leave } alone leaves it
   *[other] thread in { $room } with { $count } replies; what you write now goes there, /{ $leave } alone leaves it
}
thread-left = what you write goes to { $room } again
schedule-done = goes to { $room } at { $at }; its number is { $id }
schedule-none = no message waits to be sent later
schedule-title = messages that wait
schedule-failed = not sent: { $why }
schedule-cancelled = will not be sent: { $text }
away-on = the others see that you are away, until you write again
seen-on = others read when you were last here
seen-off = others do not read when you were last here
mute-on = { $room } is silent until /mute off
mute-until = { $room } is silent until { $until }
mute-off = { $room } is no longer silent
name-is = you are called { $name } (@{ $handle })
name-none = you are called by your handle, @{ $handle }
status-is = you say of yourself: { $status }
status-none = you say nothing of yourself
time-now = { $time } on { $day }, { $zone }
stats-title = { $room }, as this device has it
stats-all = all messages
stats-session = this session
stats-most = most active
stats-hour = busiest hour
stats-messages = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}

## What happened to a room

notice-created = { $by } created the room
notice-joined = { $count ->
    [one] { $people } joined the room
   *[other] { $people } joined the room
}
notice-added = { $by } added { $people }
notice-left = { $who } left the room
notice-removed = { $by } removed { $who }
notice-removed-relay = the relay took { $who } out
notice-banned = { $by } banned { $who }
notice-unbanned = { $by } lets { $who } come back
notice-role = { $by } gave { $who } the role { $role }
notice-renamed = { $by } named the room “{ $name }”
notice-renamed-hidden = { $by } gave the room another name
notice-opened = { $by } opened the room: anybody can join
notice-closed = { $by } closed the room: members add people
notice-disappearing = { $by } made messages disappear after { $hours } h
notice-staying = { $by } made messages stay
notice-repaired = the room was repaired; what was said meanwhile may be missing
notice-listed = { $by } listed the room as “{ $name }”
notice-unlisted = { $by } took the room off the list

poll-option = { $number }. { $text } ({ $votes })
poll-closed = (the poll is closed)
note-pinned = pinned
note-forwarded = forwarded from { $name }
note-thread = { $count ->
    [one] 1 reply in the thread
   *[other] { $count } replies in the thread
}
