package hooks

import "slices"

// patience is how many unreadable answers in a row are retried before subscribers are told. Source: chosen.
const patience = 3

// show changes what subscribers are told is wrong; nil says that all is well.
func (f *feed) show(err error) {
	if f.err == nil && err == nil {
		return
	}
	f.err = err
	for _, s := range f.subs {
		f.rt.changed(s)
	}
}

func (f *feed) started(httpStatus int, header map[string]string) {
	f.heard = f.rt.now
	f.httpStatus, f.header, f.refusal = httpStatus, header, nil
	f.enter(receiving)
	if f.isRefused() {
		return
	}
	if err := f.source.begin(header); err != nil {
		f.abandon(err)
	} else if _, refused := f.err.(*StatusError); refused && f.parts != nil {
		f.show(nil) // a stream that is let in may have nothing to say
	}
}

func (f *feed) isRefused() bool { return f.httpStatus < 200 || f.httpStatus > 299 }

func (f *feed) arrived(chunk []byte) {
	if f.state != receiving {
		return // a body without a head: the end of it will be retried
	}
	f.heard = f.rt.now
	f.traffic.bytes += int64(len(chunk))
	if f.isRefused() {
		if room := maxErrorBody - len(f.refusal); room > 0 {
			f.refusal = append(f.refusal, chunk[:min(room, len(chunk))]...)
		}
		return
	}
	f.letGo()
	news, err := f.source.read(chunk)
	if news {
		f.good()
		f.news()
	}
	if err != nil && f.state == receiving {
		f.abandon(err)
	}
}

func (f *feed) ended() {
	if f.state != receiving {
		f.retry(0)
		return
	}
	if f.isRefused() {
		f.refuse()
		return
	}
	outcome, err := f.source.end()
	if err != nil {
		f.abandon(err)
		return
	}
	f.good()
	if outcome.unreadable != nil {
		f.show(f.decodeError(outcome.unreadable))
	}
	if outcome.news {
		f.news()
	}
	switch {
	case f.state != receiving: // the news was the end: everyone has left
	case outcome.over && !slices.ContainsFunc(f.subs, func(s *subscription) bool { return s.wantsMore(f) }):
		f.rest()
		f.over = true
		for _, s := range slices.Clone(f.subs) {
			f.rt.changed(s)
			if s.gathering != nil {
				s.gathering.advance()
			}
		}
	default:
		f.again(outcome)
	}
}

func (f *feed) failed(string) { f.retry(0) }

// refuse decides about an answer outside 2xx, whose body is complete.
func (f *feed) refuse() {
	if f.source.refused(f.httpStatus, f.header) {
		f.again(outcome{})
		return
	}
	err := f.rt.newStatusError(f.request, f.httpStatus, f.header, string(f.refusal))
	if err.Temporary() {
		f.retry(err.RetryAfter)
		return
	}
	if err.Feed = KindRun; f.parts != nil {
		err.Feed = KindStream
	}
	if isTokenRefused(err.HTTPStatus) && f.renew() {
		return
	}
	f.rt.refused(err, f.access.AccessToken)
	f.rest()
	f.show(err)
}

// asker is who can be asked for another access token, 0 for nobody.
func (f *feed) asker() Sub {
	for _, s := range f.subs {
		if s.options.CanRefresh {
			return s.sub
		}
	}
	return 0
}

// renew asks for a new access token after a refusal, and reports whether there may be one.
func (f *feed) renew() bool {
	asker, c := f.asker(), f.rt.known(f.access.AccessToken)
	if c.problem == nil && c.renewed.After(f.asked) {
		f.wait(f.pace(0)) // there is one already: it came while the one before was being refused
		return true
	}
	if f.asked.Sub(c.renewed) >= freshToken {
		f.renewals = 0 // what was refused was good for a while
	}
	if asker == 0 || f.renewals >= maxRenewals {
		return false
	}
	f.rt.clearTimer(&f.timer)
	f.awaitToken()
	f.rt.renew(f.access.AccessToken, asker, f.tokenCame)
	return true
}

// tokenCame goes on after a renewal. Another token that is refused as well is the last one, and who never answers is not
// asked again.
func (f *feed) tokenCame(problem *renewalError) {
	if !f.renewing {
		return // everyone has left meanwhile
	}
	f.renewing = false
	if problem != errNobody {
		f.renewals++
	}
	if problem == nil || problem == errNoNewToken {
		f.renewals = maxRenewals
	}
	if problem == nil {
		f.wait(f.pace(0))
	} else {
		f.retry(0)
	}
}

// abandon gives up an answer that cannot be read and asks again. Subscribers are told when that has not
// helped for a while, and the feed goes on all the same: the fault may be in between and pass.
func (f *feed) abandon(err error) {
	f.rt.cancel(&f.fetch)
	f.unreadable++
	if f.unreadable >= patience {
		f.show(f.decodeError(err))
	}
	f.retry(0)
}

func (f *feed) decodeError(err error) error {
	return &DecodeError{Op: f.request.Op, URL: withoutQuery(f.request.URL), Err: err}
}

// good notes an answer that could be read.
func (f *feed) good() {
	f.failures, f.unreadable, f.renewals = 0, 0, 0
	f.interrupted = f.interrupted && f.rows != nil && !f.rows.log.IsLive()
	f.show(nil)
	f.announce()
}

// news tells everyone who follows the feed, each at the pace that it asked for.
func (f *feed) news() {
	f.updated = f.rt.now
	if f.parts != nil {
		f.rt.passGates(f)
		return
	}
	for _, s := range slices.Clone(f.subs) {
		f.rt.changed(s)
		s.runChanged()
	}
}
