-- Lists of sagas that need somebody, found among millions that do not. Sagas that are well cost it nothing.
CREATE INDEX sagas_attention ON sagas (namespace, created_us DESC, id DESC) WHERE health <> 1;
