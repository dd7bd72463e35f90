package model

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"
)

// AddClassWeights adds factor times the 1280 weights of a class, a row of the network's last layer,
// to dst. Weighted so, the channels of the map become a map of where that class is.
func AddClassWeights(dst []float32, class int, factor float32) {
	row := classWeights()[4*Features*class:]
	for i := range dst[:Features] {
		dst[i] += factor * math.Float32frombits(binary.LittleEndian.Uint32(row[4*i:]))
	}
}

// classWeights are the bytes of the last layer [1000,1280] inside Network: 5 MB that need no copy.
var classWeights = sync.OnceValue(func() []byte {
	const name, size = "classes.weight", 4 * Classes * Features
	raw, err := initializer(Network, name)
	if err != nil || len(raw) != size {
		panic(fmt.Sprintf("model: network: initializer %s has %d bytes instead of %d: %v", name, len(raw), size, err)) // embedded, and a test reads it
	}
	return raw
})

// Field numbers of onnx.proto.
const (
	modelGraph       = 7
	graphInitializer = 5
	tensorName       = 8
	tensorRawData    = 9
)

// initializer finds the raw data of a constant in an ONNX file.
func initializer(file []byte, name string) (raw []byte, err error) {
	err = eachField(file, modelGraph, func(graph []byte) error {
		return eachField(graph, graphInitializer, func(tensor []byte) error {
			found := false
			if err := eachField(tensor, tensorName, func(n []byte) error { found = string(n) == name; return nil }); err != nil || !found {
				return err
			}
			return eachField(tensor, tensorRawData, func(data []byte) error { raw = data; return nil })
		})
	})
	return raw, err
}

// eachField visits the fields of one number and of type bytes in a Protocol Buffers message.
func eachField(message []byte, number uint64, visit func([]byte) error) error {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return fmt.Errorf("a field has no tag")
		}
		message = message[n:]
		value, skip := message, 0
		switch tag & 7 {
		case 0: // varint
			_, skip = binary.Uvarint(message)
		case 1:
			skip = 8
		case 2: // bytes
			size, n := binary.Uvarint(message)
			if n <= 0 || size > uint64(len(message)-n) {
				return fmt.Errorf("field %d is cut off", tag>>3)
			}
			value, skip = message[n:n+int(size)], n+int(size)
		case 5:
			skip = 4
		}
		if skip <= 0 || skip > len(message) {
			return fmt.Errorf("field %d is damaged", tag>>3)
		}
		if tag>>3 == number && tag&7 == 2 {
			if err := visit(value); err != nil {
				return err
			}
		}
		message = message[skip:]
	}
	return nil
}
