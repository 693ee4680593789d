"""The rules of a coding study: who codes what, what is accepted, who may see what when. Pure: no SQL, no web."""
