
# The screen of the chat

chat-connecting = connecting
chat-online = connected
chat-offline = not connected
chat-unsent = { $count } not sent yet
chat-all-read = nothing unread
chat-sure = Are you sure?
chat-sure-delete = Delete this message for everybody?
chat-yes-no = y yes · n no
chat-quit-again = press Ctrl-C again to leave
chat-mouse-on = the mouse scrolls; F3 gives it back to the terminal
chat-mouse-off = the mouse selects text
chat-read-only = you cannot write here
chat-copied = copied
chat-no-editor = the editor failed: { $why }
chat-too-small = too small: { $width }×{ $height } at least
chat-today = Today
chat-yesterday = Yesterday
chat-new = new
chat-below = more below
chat-below-new = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
chat-no-messages = No messages here yet.
chat-no-rooms = You are in no room yet. Somebody who knows your handle can add you or write to you.
chat-direct = Direct
chat-unnamed = (without a name)
chat-stopped = stopped
chat-not-in = no longer in it
chat-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
chat-here = { $count } here
chat-available = here
chat-away = away
chat-busy = busy
chat-typing-one = { $name } is typing…
chat-typing-two = { $name } and { $other } are typing…
chat-typing-many = { $count } people are typing…
chat-you = you
chat-owner = owner
chat-quote-older = an older message
chat-edited = edited
chat-deleted = deleted
chat-unreadable = cannot be read: { $why }
chat-unsupported = of a newer version: { $what }
chat-gone = no longer held by the relay
chat-state-queued = waits on this device
chat-state-sent = at the relay
chat-state-failed = refused
chat-replying = Answering { $name }:
chat-editing = Editing your message
chat-answer = Answer
chat-jump = Go to
chat-jump-none = no room or person fits
chat-react = React
chat-react-none = no emoji fits
chat-search-room = Search in { $room }
chat-search = Search everywhere
chat-search-none = nothing found
chat-too-far = that message is too far back to show it here
chat-help = Keys
chat-info = Message
chat-info-from = From
chat-info-at = When
chat-info-state = State
chat-info-id = Id

chat-hint-close = close
chat-hint-reply = answer
chat-hint-react = react
chat-hint-edit = edit
chat-hint-delete = delete
chat-hint-copy = copy
chat-hint-unread = mark unread
chat-hint-info = info
chat-hint-back = back
chat-hint-help = help
chat-hint-jump = go to
chat-hint-select = select

chat-keys-write = Writing
chat-key-send = send
chat-key-newline = new line
chat-key-complete = complete /command @name #room :emoji
chat-key-editor = write in your editor
chat-key-esc = step back, to the newest message
chat-keys-rooms = Rooms
chat-key-jump = go to a room or person
chat-key-unread = next unread, mentions first
chat-key-number = room by its place
chat-key-beside = room before, after
chat-key-search = search the room, everywhere
chat-key-members = people of the room
chat-keys-messages = Messages
chat-key-page = a screen up, down
chat-key-row = a row up, down
chat-key-end = newest message
chat-key-select = select a message; then
chat-key-reply = answer
chat-key-react = react
chat-key-edit = edit (own)
chat-key-delete = delete (own)
chat-key-copy = copy
chat-key-keep = unread from here on
chat-key-info = details
chat-keys-program = Program
chat-key-help = these keys
chat-key-mouse = mouse scrolls, or selects text
chat-key-quit = leave
