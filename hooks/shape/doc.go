// Package shape is the client's half of Electric's shape protocol, as Trigger.dev's run feeds speak it:
// the place in a shape's log goes into each request, and the rows that the log adds up to come out.
//
// A Log asks with Params and is told each answer with Respond or Rotate. It performs nothing and knows no
// clock. The reference is SPEC.md, section "Shapes".
package shape
