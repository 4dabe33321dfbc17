"""The website's voice and text API: the protocol that server/widget/widget.js speaks.

Everything is JSON in UTF-8 except audio, which travels as binary WebSocket messages. Money is always
`{"minor": 350, "text": "€3.50"}`: minor units for machines, localised text for people.

HTTP
----
Every request must come from an allowed origin (setting `origins`; the server's own origin always is). Errors are
`{"error": {"code": "rate_limited", "message": "…", "retry_after": 12}}` with a fitting status (400, 401, 403, 404, 413,
429, 503); `retry_after` (seconds) is there for 429 and 503.

`POST /api/token` -> `{"token": "…", "expires_in": 600}`
    A short-lived token, good only for the origin that asked for it. No body is needed.

`GET /api/shop` -> `{"name", "language", "currency", "phone", "address", "suggestions": [str, …],
"products": [{"id", "name", "category", "price": money, "variants": [{"id", "name", "price": money}]}]}`
    What a page shows before anybody speaks. Needs no token.

`POST /api/turn`, headers `Authorization: Bearer <token>`, body `{"text": "two lattes", "session": "…"?}` -> the `turn`
    message below plus `"session"`. Typed text without a WebSocket. Without `session` (or with one that has expired) a
    new session is begun; with `"text": ""` it is greeted or, if resumed, told where it stands.

`GET /api/cart`, headers `Authorization: Bearer <token>`, `X-Comanda-Session: <session>` -> `{"cart": cart}`
    404 `unknown_session` when there is none (any more).

A `session` is an opaque signed string bound to the origin. Keep it (sessionStorage) and send it again to go on with the
same cart after a reconnect, from the WebSocket to HTTP or back. Guessing or altering one answers 403 `bad_session`.

WebSocket `/api/voice`
----------------------
Text messages are JSON objects with a `type`; binary messages are audio, signed 16-bit little-endian mono at the
declared rate. Limits: 64 KiB a message, 8 KiB a text message, 500 characters of typed text; a client that sends audio
faster than real time (by more than twelve seconds) is closed with `error` `too_fast`, one that sends more than five
text messages a second (sixty at once) with `rate_limited`.

Client -> server:

`{"type": "hello", "token": "…", "rate": 16000, "session": "…"?, "speech": true}`
    Must come first, within ten seconds. `rate`: 8000 to 48000, of the audio in both directions. `session`: to resume.
    `speech` false: answers come as text only (no audio, no sentence/mark messages).
binary
    Microphone audio, 20 to 100 ms a message, at real time. May be sent all the time (open microphone: the server finds
    the end of each turn and barge-in) or only while the talk button is down.
`{"type": "talk", "active": true}` / `{"type": "talk", "active": false}`
    Push-to-talk. `true`: the assistant falls silent (`clear` follows if it was speaking), audio from here on is one
    turn, with what was being said already; the server ends it by itself only when it gets longer than `max_utterance`.
    `false`: the turn ends now. A client that never sends `talk` has an open microphone.
`{"type": "text", "text": "two lattes please"}`
    Typed input, an equal of speech. Also silences the assistant.
`{"type": "key", "digit": "5"}`
    A keypad key: 0-9, * or #.
`{"type": "mute", "active": true}`
    The microphone is off (or on again): what was being said is a turn, and while muted the caller is not asked whether
    he is still there.
`{"type": "speech", "active": false}`
    Spoken answers off or on from the next turn.
`{"type": "stop"}`
    Be quiet now (the Escape key): what is left of the spoken answer is dropped; `clear` follows.
`{"type": "heard", "mark": "3.0"}`
    The audio before that `mark` has been played to the end. Send it for every mark that was really played, never for
    one dropped by `clear`: this is how the assistant knows which sentences were heard.
`{"type": "bye"}`
    Ends the call; the cart is kept.

Server -> client:

`{"type": "ready", "session": "…", "rate": 16000, "resumed": false, "turn_limit": 500}`
    Answers `hello`. A `turn` with the greeting follows at once.
`{"type": "state", "state": "listening" | "hearing" | "thinking" | "speaking"}`
    For the panel's light. `hearing`: the caller's speech has been noticed.
`{"type": "partial", "text": "two lat"}`
    What is understood so far of the words being spoken; replaces the one before. "" when it turned out to be nothing.
`{"type": "turn", "turn": 3, "kind": "speech" | "text" | "dtmf" | "silence" | "greeting", "heard": "two lattes",
"understood": ["order.add"], "sentences": ["Two lattes. Which size?"], "cart": cart, "order": null | "A17",
"suggestions": ["small", "large"],
"expects": {"kind": "variant", "product_id": "latte", "group_id": null, "choices": ["small", "large"]},
"action": "listen" | "transfer" | "hang_up"}`
    One exchange. `heard` is "" for a greeting or a silence; `understood` has intent names (empty: not understood).
    `order`: the number it was placed under. `suggestions`: what can be said (or tapped: send it as `text`) now,
    likeliest first, at most six.
`{"type": "sentence", "turn": 3, "sentence": 0, "mark": "3.0"}`
    The binary messages that follow are that sentence's audio (index into `sentences`).
binary
    Answer audio, at most one second a message, sent somewhat ahead of real time (at most three seconds): queue it.
`{"type": "mark", "mark": "3.0"}`
    End of that sentence's audio: answer `heard` when it has been played out.
`{"type": "clear"}`
    Drop all audio that has not been played yet (barge-in, a button, typed text).
`{"type": "transfer", "phone": "+44…"}`
    The dialogue hands over to a person ("" if the shop gave no number): offer the number. The call ends.
`{"type": "end", "reason": "hang_up" | "bye" | "idle" | "transfer" | "shutdown" | "error"}`
    Last message before the server closes. After `shutdown` reconnect (with `session`), after the others do not.
`{"type": "error", "code": "…", "message": "…", "retry_after": 5?}`
    Codes: `bad_hello`, `bad_token`, `expired_token` (ask for a new one and say hello again), `bad_origin`,
    `bad_session`, `bad_message`, `too_large`, `too_fast`, `rate_limited`, `busy` (all lines taken), `internal`. The
    server closes after all of them but `bad_message`. `message` is for developers, in English.

cart
----
`{"lines": [{"id": "1", "product_id": "latte", "text": "large latte", "quantity": "2", "unit": null,
"options": ["oat milk", "no sugar"], "notes": [], "price": money}], "count": 2, "subtotal": money, "discount": money,
"delivery": money, "tax": money, "total": money, "currency": "EUR"}`
"""
