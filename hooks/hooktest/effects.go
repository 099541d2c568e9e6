package hooktest

// effects is what calls have done: each once, however often it was sent (SPEC.md, section 6a).
type effects struct {
	answers map[string]string // by the name that all attempts of a call share
	done    map[int]int       // how often each submission was done
}

// do performs a submission under a name and returns what there is to answer. A name that is known is a repetition.
func (e *effects) do(name string, submission int, answer string) string {
	if known, repeated := e.answers[name]; repeated {
		return known
	}
	e.answers[name] = answer
	e.done[submission]++
	return answer
}
