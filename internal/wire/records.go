package wire

// Records consumes an array and makes a record of every element, whatever it is: an element that is not an object becomes
// a record that says so in its Problems. null stands for no records. Any other kind is a [*ShapeError]; with an error there
// are no records.
func Records[T any](r *Reader, c *Codec[T]) ([]T, error) {
	if r.Kind() == Null {
		return nil, r.Skip()
	}
	var records []T
	err := r.Array(func() error {
		raw, err := r.Value()
		if err != nil {
			return err
		}
		records = append(records, *new(T))
		c.decode(raw, &records[len(records)-1])
		return nil
	})
	if err != nil {
		return nil, err
	}
	return records, nil
}
