package hooks

import (
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// mutation is what a hook that changes something has done: the newest call counts, earlier ones end unseen.
type mutation struct {
	sub     *subscription
	running *call
	loading bool
	result  rawjson.Value // of the last call that succeeded; no value before
	err     error         // of the last call, nil when it succeeded
}

// submit starts a call. One that is under way is left to the server: what it does is done, what it answers is
// of no interest any more.
func (m *mutation) submit(body rawjson.Value, name string) {
	if name == "" {
		name = m.sub.rt.uuid()
	}
	request, err := m.request(body)
	if err != nil {
		m.running, m.loading, m.err = nil, false, err
		m.sub.rt.changed(m.sub)
		return
	}
	m.loading = true
	m.sub.rt.changed(m.sub)
	var this *call
	this = m.sub.rt.namedCall(request, m.sub.options, name, func(header api.Header, answer string, err error) {
		if m.running == this {
			m.ended(header, answer, err)
		}
	})
	m.running = this
}

// The texts of what cannot be done are the original's.
const (
	couldNotTrigger  = "Could not trigger task in useTaskTrigger"
	couldNotComplete = "Could not complete waitpoint in useWaitToken"
	couldNotSend     = "Could not send to input stream"
)

// request is what the hook sends. The error is an *InputError.
func (m *mutation) request(body rawjson.Value) (api.Request, error) {
	access, spec := m.sub.options.Access, m.sub.spec
	switch spec.Kind {
	case KindTrigger:
		if access.AccessToken == "" {
			return api.Request{}, &InputError{couldNotTrigger + ": Missing access token"}
		}
		request, err := api.TriggerTask(access, spec.TaskID, body)
		if err != nil {
			return request, &InputError{err.Error()}
		}
		return request, nil
	case KindWaitToken:
		if err := missing(couldNotComplete, access, spec.WaitpointID, "waitpoint ID"); err != nil {
			return api.Request{}, err
		}
		return api.CompleteWaitToken(access, spec.WaitpointID, body), nil
	}
	if err := missing(couldNotSend, access, spec.RunID, "run ID"); err != nil {
		return api.Request{}, err
	}
	return api.SendInputStream(access, spec.RunID, spec.StreamKey, body), nil
}

// missing says which of the two is.
func missing(couldNot string, access api.Access, id, name string) error {
	switch {
	case access.AccessToken == "":
		return &InputError{couldNot + ": Missing access token"}
	case id == "":
		return &InputError{couldNot + ": Missing " + name}
	}
	return nil
}

func (m *mutation) ended(header api.Header, answer string, err error) {
	m.running, m.loading, m.err = nil, false, err
	if err == nil {
		m.result, m.err = m.read(header, answer)
	}
	m.sub.rt.changed(m.sub)
}

// read takes the answer to what the hook is about.
func (m *mutation) read(header api.Header, answer string) (rawjson.Value, error) {
	spec := m.sub.spec
	var value rawjson.Value
	var err error
	if spec.Kind == KindTrigger {
		value, err = api.RunHandle(spec.TaskID, header, answer, m.sub.options.Access.AccessToken)
	} else {
		value, err = rawjson.Parse(answer)
	}
	if err != nil {
		return m.result, &DecodeError{Op: spec.Kind.op(), Err: err}
	}
	return value, nil
}

// op says what a mutation attempts, for errors.
func (k Kind) op() string {
	switch k {
	case KindTrigger:
		return "trigger"
	case KindWaitToken:
		return "complete waitpoint"
	}
	return "send to input stream"
}
