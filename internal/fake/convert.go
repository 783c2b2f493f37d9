package fake

// AnyRequest is [Request], or the type of that name of a public fake.
type AnyRequest interface{ ~RequestFields }

// AnyFault is [Fault], or the type of that name of a public fake.
type AnyFault interface{ ~FaultFields }

// Requests converts requests to another type.
func Requests[To, From AnyRequest](requests []From) []To {
	out := make([]To, len(requests))
	for i, r := range requests {
		out[i] = To(r)
	}
	return out
}

// Faults converts faults to another type.
func Faults[To, From AnyFault](faults []From) []To {
	out := make([]To, len(faults))
	for i, f := range faults {
		out[i] = To(f)
	}
	return out
}

// Hook returns a function that calls f with its argument converted, or nil if f is nil.
func Hook[To, From AnyRequest](f func(From)) func(To) {
	if f == nil {
		return nil
	}
	return func(r To) { f(From(r)) }
}

// Decision returns a function that calls f with its argument and its result converted, or nil if f
// is nil.
func Decision[ToRequest AnyRequest, ToFault AnyFault, FromRequest AnyRequest, FromFault AnyFault](f func(FromRequest) *FromFault) func(ToRequest) *ToFault {
	if f == nil {
		return nil
	}
	return func(r ToRequest) *ToFault {
		decided := f(FromRequest(r))
		if decided == nil {
			return nil
		}
		fault := ToFault(*decided)
		return &fault
	}
}
