package hooks

import (
	"slices"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// mutation is what a hook that changes something has done: the newest call counts, earlier ones end unseen.
type mutation struct {
	sub *subscription
	// submits are those under way, in their order, and the newest in any case: it is the last.
	submits []*submitted
	result  rawjson.Value // of the last call that succeeded; no value before
	err     error         // of the last call, nil when it succeeded
}

// submitted is one Submit.
type submitted struct {
	request  string
	underWay bool
}

// submit starts a call. One that is under way is left to the server: what it does is done, what it answers is
// of no interest any more.
func (m *mutation) submit(body rawjson.Value, name string) {
	if name == "" {
		name = m.sub.rt.uuid()
	}
	this := &submitted{request: name}
	m.submits = append(slices.DeleteFunc(m.submits, (*submitted).hasEnded), this)
	m.sub.rt.changed(m.sub)
	request, err := m.request(body)
	if err != nil {
		m.err = err
		return
	}
	this.underWay = true
	m.sub.rt.namedCall(request, m.sub.options, name, func(header api.Header, answer string, err error) {
		this.underWay = false
		if this == m.submits[len(m.submits)-1] {
			m.ended(header, answer, err)
		}
		m.sub.rt.changed(m.sub)
	})
}

func (s *submitted) hasEnded() bool { return !s.underWay }

func (m *mutation) snapshot() *Snapshot {
	snap := &Snapshot{Result: m.result, Err: m.err}
	for i, s := range m.submits {
		newest := i == len(m.submits)-1
		if s.underWay || newest {
			snap.Requests = append(snap.Requests, s.request)
		}
		snap.Loading = s.underWay && newest
	}
	return snap
}

// The texts of what cannot be done are the original's.
const (
	couldNotTrigger  = "Could not trigger task in useTaskTrigger"
	couldNotComplete = "Could not complete waitpoint in useWaitToken"
	couldNotSend     = "Could not send to input stream"
)

// request is what the hook sends. The error is an *InputError.
func (m *mutation) request(body rawjson.Value) (*api.Request, error) {
	access, spec := m.sub.options.Access, m.sub.spec
	switch spec.Kind {
	case KindTrigger:
		if access.AccessToken == "" {
			return nil, &InputError{couldNotTrigger + ": Missing access token"}
		}
		request, err := api.TriggerTask(access, spec.TaskID, body)
		if err != nil {
			return request, &InputError{err.Error()}
		}
		return request, nil
	case KindWaitToken:
		if err := missing(couldNotComplete, access, spec.WaitpointID, "waitpoint ID"); err != nil {
			return nil, err
		}
		return api.CompleteWaitToken(access, spec.WaitpointID, body), nil
	}
	if err := missing(couldNotSend, access, spec.RunID, "run ID"); err != nil {
		return nil, err
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
	m.err = err
	if err == nil {
		m.result, m.err = m.read(header, answer)
	}
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
