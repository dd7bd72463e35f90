package engine

import (
	"testing"

	"github.com/owulveryck/onnx-go/backend/testbackend"
	_ "github.com/owulveryck/onnx-go/backend/testbackend/onnx"
)

// onnx-go carries the cases of the ONNX project for each operator. Their weights are inputs of the graph; once more with all
// inputs but the first as constants, as in a network, so that fused layers are tested too.
func TestOperatorsPassTheCasesOfONNX(t *testing.T) {
	for name := range operators {
		cases := testbackend.GetOpTypeTests(name)
		if len(cases) == 0 {
			t.Errorf("no case for %s", name)
		}
		for _, kernel := range Kernels() {
			ks, err := chooseKernels(kernel, Float32)
			if err != nil {
				t.Fatal(err)
			}
			for _, weights := range []string{"inputs", "constants"} {
				for _, c := range cases {
					r := newRecorder()
					if r.kernels = ks; weights == "constants" {
						r.fixed = 1
					}
					tc := c()
					ok := t.Run(name+"/"+kernel+"/"+weights+"/"+tc.Title, tc.RunTest(r, false))
					if ok && (tc.Skipped || !tc.Tested) {
						t.Errorf("%s was skipped", tc.Title)
					}
				}
			}
		}
	}
}
