package pgque

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Event is what Send takes.
type Event struct {
	// Type says what kind of event it is; consumers choose their handler by it. "default" unless given.
	Type string
	// Payload is anything that encoding/json can encode, and is stored as that JSON. A json.RawMessage is stored as it is.
	Payload any
	// Extra1 to Extra4 are texts beside the payload, for headers; nil unless given. Of a batch, events have Extra1 only.
	Extra1, Extra2, Extra3, Extra4 *string
}

// outgoing is an event that has been looked at.
type outgoing struct {
	kind    string
	payload string
	extras  [4]*string
}

func toOutgoing(event Event) (outgoing, error) {
	payload, err := encodePayload(event.Payload)
	if err != nil {
		return outgoing{}, err
	}
	out := outgoing{event.Type, payload, [4]*string{event.Extra1, event.Extra2, event.Extra3, event.Extra4}}
	if out.kind == "" {
		out.kind = "default"
	}
	return out, requireStorable(append(out.extras[:], &out.kind, &out.payload)...)
}

func (o outgoing) hasExtras(from int) bool {
	for _, extra := range o.extras[from:] {
		if extra != nil {
			return true
		}
	}
	return false
}

func encodePayload(payload any) (string, error) {
	if raw, isRaw := payload.(json.RawMessage); isRaw && raw != nil {
		if !json.Valid(raw) {
			return "", invalidArgument("the payload is no JSON")
		}
		return string(raw), nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(payload); err != nil {
		return "", &Error{Code: ErrInvalidArgument, Message: "the payload has no JSON form: " + err.Error(), Err: err}
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// requireStorable refuses what PostgreSQL cannot store as text.
func requireStorable(texts ...*string) error {
	for _, text := range texts {
		if text == nil {
			continue
		}
		if strings.ContainsRune(*text, 0) {
			return invalidArgument("a text must not contain NUL: PostgreSQL cannot store it")
		}
		if !utf8.ValidString(*text) {
			return invalidArgument("a text must be valid UTF-8")
		}
	}
	return nil
}

// storableReason replaces what PostgreSQL cannot store: a reason is for people, and must never fail what it explains.
func storableReason(reason string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(reason, "\x00", "\uFFFD"), "\uFFFD")
}
