package vision
import ("testing";"os";"runtime";"runtime/debug";"fmt";"strings")
func rss() string { b,_:=os.ReadFile("/proc/self/status"); var o []string; for _,l:=range strings.Split(string(b),"\n"){ if strings.HasPrefix(l,"VmRSS")||strings.HasPrefix(l,"RssAnon")||strings.HasPrefix(l,"RssFile")||strings.HasPrefix(l,"VmHWM"){o=append(o,strings.Join(strings.Fields(l)," "))}}; return strings.Join(o," | ")}
func TestMemProbe(t *testing.T){
 fmt.Println("start",rss())
 r,err:=New(Options{}); if err!=nil{t.Fatal(err)}
 var m runtime.MemStats
 runtime.ReadMemStats(&m); fmt.Println("loaded",rss(),m.HeapAlloc>>20,m.HeapSys>>20)
 runtime.GC(); debug.FreeOSMemory(); runtime.ReadMemStats(&m); fmt.Println("gc",rss(),m.HeapAlloc>>20)
 _=r
}
