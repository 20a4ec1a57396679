# Os textos da conversa em português. en.ftl tem os mesmos ids e variáveis; um teste os compara.
# Cada linha diz uma coisa. Uma dica (hint) diz o que fazer.

somebody = alguém
unnamed = (sem nome)

## Durações

length-millis = { $millis } ms
length-seconds = { $seconds } s
length-minutes = { $minutes } min { $seconds } s
length-hours = { $hours } h { $minutes } min
length-days = { $days } d { $hours } h

## O que as mensagens são

body-deleted = (apagada)
body-unreadable = (não pode ser lida: { $why })
body-gone = (o relay não a guarda mais)
body-unsupported = (feita por uma versão mais nova do lacre)
note-edited = editada
note-queued = na fila
note-refused = recusada

## O que aconteceu

told-connected = conectado
told-back = conectado de novo; o que estava na fila está saindo
told-broken = a conexão caiu; tentando de novo
    .hint = o que você escrever fica guardado neste dispositivo e sai quando o relay voltar
told-added = você agora está em { $room }
told-direct = { $who } pode escrever para você, e você também
told-you-left = você saiu de { $room }
told-you-removed = você foi removido de { $room }
told-you-banned = você foi banido de { $room }
told-joined = { $who } entrou em { $room }
told-left = { $who } saiu de { $room }
told-edited = { $who } editou em { $room }: { $text }
told-voted = { $who } votou em { $room }: { $text }
told-poll-closed = a enquete em { $room } foi fechada: { $text }
told-renamed = { $room } agora se chama { $name }
told-named = { $who } agora se chama { $name }
told-unnamed = { $who } voltou a usar o @nome
told-status = { $who } diz: { $status }
told-deleted = { $who } apagou uma mensagem em { $room }
told-refused = não enviada para { $room }: { $text }
told-stopped = { $room } parou
told-approval = o dispositivo “{ $name }” pede para entrar; se é seu: lacre account devices approve { $device }
told-here = { $who } conectou
told-gone = { $who } desconectou
told-away = { $who } está ausente
told-returned = { $who } voltou
told-lagged = { $count ->
    [one] { $count } evento ficou de fora porque a saída estava lenta; /historico mostra o que faltou
   *[other] { $count } eventos ficaram de fora porque a saída estava lenta; /historico mostra o que faltou
}
told-error = algo falhou

## O que deu errado

error-usage = não entendi /{ $command }
    .hint = escreva assim: { $usage }
error-unknown-command = não existe o comando /{ $name }
    .nearest = você quis dizer { $usage }?
    .hint = /{ $help } lista os comandos; um texto que começa com barra se escreve com duas
error-no-room = você não está em nenhuma sala
    .hint = /salas lista as suas, /entrar NOME vai para uma, /privado @pessoa fala com uma pessoa
error-not-in-room = você não está mais nesta sala
    .hint = peça a um membro que adicione você
error-no-such-room = não existe a sala “{ $name }”
    .hint = /salas lista as que existem
error-several-rooms = várias salas se chamam “{ $name }”
    .hint = diga qual pelo id: { $ids }
error-no-person = ninguém se chama @{ $name }
    .hint = confira a escrita; um nome tem letras minúsculas, números e . _ -
error-not-here = @{ $name } não está nesta sala
    .hint = /usuarios lista quem está
error-no-right = você não pode fazer isso aqui
    .hint = peça a um dono da sala; /usuarios mostra quem é
error-banned = essa pessoa está banida desta sala
    .hint = /desbanir @pessoa a deixa entrar de novo
error-you-banned = você está banido desta sala
    .hint = peça a um dono dela que retire o banimento
error-span = “{ $word }” não é um tempo
    .hint = escreva um número e uma unidade: 30s, 10m, 2h, 1d, 1w
error-not-kept = a escolha vale até você sair, mas não pôde ser guardada
error-yourself = essa pessoa é você
    .hint = { $leave } deixa uma sala
error-no-answer = o relay não respondeu em { $seconds } s
    .hint = confira a rede; o lacre continua tentando sozinho
error-number = “{ $word }” não é um número de 1 a { $most }
error-which = nenhuma mensagem de { $room } neste dispositivo com { $words }
    .hint = use palavras da mensagem, ou ^ para a mais nova, ^2 para a anterior
error-moment = /{ $command } precisa de uma hora que ainda venha
    .hint = escreva assim: 2h, em 90m, 18:30, amanhã 9:00 ou 03/12 18:30, e depois o texto
error-past = essa hora já passou
    .hint = aqui são { $now } de { $day }
error-no-scheduled = nenhuma mensagem espera com o número { $number }
    .hint = { $list } lista as que esperam
error-no-poll = não há em { $room } uma enquete aberta assim
    .hint = { $usage } faz uma; só quem fez a enquete pode fechá-la
error-no-pin = nada com { $words } está fixado em { $room }
    .hint = { $list } lista as fixadas
error-leave-direct = não dá para deixar uma conversa privada
    .hint = ela é de vocês dois; vá para outra sala com /entrar

## Ajuda

help-title = comandos
help-more = { $usage } diz mais sobre um deles; tudo sem barra vai para a sala
help-does = faz
help-also = também
help-note = nota
guide-command = comando
guide-does = o que faz

## Comandos

command-help = Lista os comandos ou explica um
    .usage = /ajuda [COMANDO]
    .more = Os nomes valem nos dois idiomas, com maiúsculas ou minúsculas.
command-rooms = Lista as salas
    .usage = /salas
    .more = As suas, depois as que todos podem usar.
command-join = Vai para uma sala
    .usage = /entrar NOME
    .more = Uma das suas ou uma aberta pelo nome, @pessoa para uma conversa privada, ou uma sala aberta pelo id.
command-create = Cria uma sala aberta
    .usage = /criar NOME
    .more = Todos neste relay a encontram pelo nome e podem entrar; o relay lê o nome. Para uma privada: /grupo.
command-group = Cria uma sala privada com pessoas
    .usage = /grupo NOME [@PESSOAS]
    .more = Só os membros leem o nome; outras pessoas entram por convite.
command-leave = Deixa uma sala de vez
    .usage = /deixar [NOME]
    .more = Sem nome, a sala em que você está. O que você leu fica neste dispositivo.
command-users = Lista quem está na sala
    .usage = /usuarios
    .more = Os donos vêm primeiro.
command-msg = Escreve para uma pessoa
    .usage = /privado @PESSOA [TEXTO]
    .more = Sem texto, vai para a conversa com essa pessoa.
command-history = Mostra as últimas mensagens
    .usage = /historico [NÚMERO]
    .more = Como estão neste dispositivo, sem perguntar ao relay; 20 se não houver número.
command-search = Encontra mensagens
    .usage = /buscar PALAVRAS
    .more = Em todas as salas, entre as mensagens deste dispositivo; as 20 mais novas. "Entre aspas" encontra palavras seguidas.
command-thread = Lê um tópico e escreve nele
    .usage = /topico [PALAVRAS]
    .more = O da mensagem mais nova com essas palavras; ^ é a mais nova de todas, ^2 a anterior. O que você escrever vai para lá até /topico sozinho, ou outra sala.
command-pin = Mantém uma mensagem à vista
    .usage = /fixar [PALAVRAS]
    .more = Para todos: a mensagem mais nova com essas palavras; ^ é a mais nova de todas, ^2 a anterior. Sem palavras, lista as fixadas.
command-unpin = Tira uma mensagem das fixadas
    .usage = /desafixar NÚMERO ou PALAVRAS
    .more = Pelo número na lista de /fixar, ou por palavras dela. Quem pode escrever pode fazer isso.
command-poll = Pergunta com opções para escolher
    .usage = /enquete PERGUNTA | OPÇÃO | OPÇÃO
    .more = De 2 a 10 opções. Um + antes da pergunta deixa cada pessoa escolher várias.
command-vote = Escolhe em uma enquete
    .usage = /votar [NÚMEROS] [PALAVRAS]
    .more = Na enquete aberta mais nova, ou na mais nova com essas palavras. Outro voto substitui o primeiro; - o retira. Sem número, lista as enquetes abertas.
command-close = Fecha uma enquete sua
    .usage = /fechar [PALAVRAS]
    .more = A mais nova, ou a mais nova com essas palavras. Os votos não contam mais.
command-schedule = Envia uma mensagem mais tarde
    .usage = /agendar [QUANDO TEXTO]
    .more = Em 2h, em 90m, às 18:30, amanhã 9:00 ou 03/12 18:30; este dispositivo precisa estar ligado na hora, senão ela sai assim que estiver. Sozinho, lista o que espera; editar NÚMERO e outra hora ou texto, cancelar NÚMERO.
command-invite = Adiciona pessoas à sala
    .usage = /convidar @PESSOAS
    .more = Elas leem o que vier daqui em diante.
command-kick = Tira uma pessoa da sala
    .usage = /expulsar @PESSOA
    .more = Com todos os dispositivos dela. Ela fica com o que tinha e não lê nada novo.
command-ban = Mantém uma pessoa fora da sala
    .usage = /banir [@PESSOA]
    .more = Tira a pessoa, e ninguém a deixa entrar até /desbanir. Sem nome, lista quem está banido.
command-unban = Deixa uma pessoa entrar de novo
    .usage = /desbanir @PESSOA
    .more = Isso não a põe na sala; convide-a ou deixe que ela entre.
command-disappear = Diz quanto tempo as mensagens ficam
    .usage = /sumir [10m|2h|1d|1w|off]
    .more = Vale para as próximas mensagens, em todos os dispositivos de todos. Sem palavra, diz o que vale agora.
command-read = Marca a sala como lida
    .usage = /marcar-lida
    .more = Em todos os seus dispositivos.
command-mute = Silencia a sala
    .usage = /silenciar [1h|8h|1w|off]
    .more = Fora dela você não é avisado das mensagens: por esse tempo, ou até /silenciar off.
command-name = Diz o que os outros leem no lugar do seu @nome
    .usage = /nome [NOME]
    .more = Em salas de até 50 pessoas; dois iguais aparecem com o @nome. Sem nome, diz o atual; - desfaz.
command-status = Diz algo sobre você
    .usage = /status [TEXTO]
    .more = Ao lado do seu nome, como "em aula até meio-dia". Sem texto, diz o atual; - desfaz.
command-away = Diz que você está ausente
    .usage = /ausente
    .more = Quem divide uma sala com você vê isso, até você escrever de novo. Na tela cheia isso é dito sozinho depois de 10 minutos sem uma tecla.
command-seen = Diz se os outros leem quando você esteve aqui
    .usage = /visto [on|off]
    .more = Nas salas em comum; de início não. Com precisão de um minuto, e só para quem estava conectado. Sem palavra, diz o que vale.
command-time = Diz a hora daqui
    .usage = /hora
    .more = Com o dia e o fuso desta máquina.
command-ping = Mede o caminho até o relay ou uma pessoa
    .usage = /ping [@PESSOA]
    .more = Ida e volta. Uma pessoa só responde enquanto um dispositivo dela está conectado.
command-notices = Avisa quando alguém conecta
    .usage = /avisos [on|off]
    .more = E quando desconecta; de início não, e a escolha fica neste dispositivo. Sem palavra, diz o que vale.
command-stats = Conta as mensagens da sala
    .usage = /stats
    .more = Por pessoa e hora, com as mensagens deste dispositivo; ninguém mais fica sabendo.
command-quit = Encerra a conversa
    .usage = /sair
    .more = Suas salas são mantidas; mensagens na fila saem antes.

## O modo de linhas

plain-hello = você é @{ $handle }; /ajuda lista os comandos
plain-no-room = nenhuma sala ainda: /salas lista as suas, /entrar NOME vai para uma, /privado @pessoa escreve para uma pessoa
plain-failed = uma linha da entrada não funcionou; veja as linhas que começam com !
plain-unsent = { $count ->
    [one] { $count } mensagem está segura neste dispositivo, mas o relay não a recebeu a tempo; sai na próxima vez
   *[other] { $count } mensagens estão seguras neste dispositivo, mas o relay não as recebeu a tempo; saem na próxima vez
}

## O primeiro início

start-hello = ainda não há conta neste dispositivo; com duas respostas você já pode escrever
start-relay = endereço do relay (lacre://…@servidor, com quem o opera):
start-handle = seu nome, pelo qual os outros encontram você:
start-wait = perguntando ao relay …
start-done = sua conta @{ $handle } está pronta; as chaves foram feitas aqui e ficam aqui
start-bad-address = ! isso não é o endereço de um relay; ele é assim: lacre://<64 letras e números>@servidor:porta
start-invite = ! isso é um link de convite; ainda não dá para usar: peça o endereço do relay, lacre://…@servidor
start-bad-handle = ! um nome tem de 2 a 32 caracteres: letras minúsculas a-z, números e . _ -
start-taken = ! @{ $handle } é de outra pessoa neste relay; escolha outro
start-closed = ! este relay não aceita novas contas; fale com quem o opera ou use outro
start-fingerprint = ! nesse endereço está outro relay, não o que o endereço diz; copie de novo o endereço inteiro
start-version = ! esse relay fala outra versão; atualize o lacre ou use outro relay
start-unreachable = ! esse relay não responde; confira o endereço e a rede
start-ended = a entrada acabou antes de a conta ser feita

## Perfis

profile-added = o perfil { $name } está pronto, em { $folder }; converse com ele: lacre chat --profile { $name }
profile-used = o perfil { $name } está em uso
profile-current = em uso
profile-empty = ainda sem conta
profile-unknown = não existe o perfil “{ $name }”
profile-exists = já existe um perfil { $name }
profile-bad-name = “{ $name }” não pode ser nome de perfil
profile-default = o perfil default sempre existe e não pode ser removido
profile-goes = a conta do perfil { $name } sai deste dispositivo, com as chaves e mensagens, em { $folder }; sem outro dispositivo dessa conta, ela se perde
profile-sure = para remover, digite o nome ({ $name }):
profile-kept = o perfil { $name } não foi removido
profile-open = um programa está usando { $folder }; encerre-o antes
profile-removed = o perfil { $name } foi removido
profile-not-removed = não foi possível remover tudo de { $folder }

## Respostas

rooms-title = { $count ->
    [one] { $count } sala
   *[other] { $count } salas
}
rooms-none = nenhuma sala ainda; /grupo NOME @pessoas cria uma, /privado @pessoa fala com uma pessoa
rooms-here = você está aqui
rooms-stopped = parada
rooms-people = { $count ->
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
kind-open = aberta
rooms-open = abertas a todos; entre com /entrar NOME
rooms-more = mais { $count }; /entrar NOME entra em qualquer uma
kind-direct = privada
kind-group = grupo
kind-space = espaço
role-owner = dono
role-member = membro
users-title = { $room }, { $count ->
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
users-online = conectado
users-away = ausente
users-busy = ocupado
users-seen = visto { $at }
users-you = você
join-entered = você está em { $room }, { $count ->
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
create-made = { $room } foi criada e está aberta; os outros entram com /entrar { $room }
create-taken = já existe uma sala { $name }
    .hint = entre nela com /entrar { $name } ou escolha outro nome
group-made = { $room } foi criada, com { $count ->
    [one] { $count } pessoa
   *[other] { $count } pessoas
}; você está nela
leave-waits = você pediu para deixar { $room }; acontece assim que outro membro se conectar
msg-open = você está na conversa com { $who }
msg-sent = escrito para { $who }
history-title = { $count ->
    [one] última mensagem de { $room }
   *[other] últimas { $count } mensagens de { $room }
}
history-empty = nenhuma mensagem de { $room } neste dispositivo
search-title = { $count ->
    [one] { $count } mensagem com { $words }
   *[other] { $count } mensagens com { $words }
}
search-nothing = nenhuma mensagem deste dispositivo com { $words }
invite-done = em { $room } agora: { $who }
rooms-unread = { $count ->
    [one] { $count } não lida
   *[other] { $count } não lidas
}
join-unread = { $count ->
    [one] { $count } mensagem não lida
   *[other] { $count } mensagens não lidas
}
ban-done = { $who } não entra mais em { $room }
ban-nobody = ninguém está banido de { $room }
ban-title = banidos de { $room }
unban-done = { $who } pode entrar em { $room } de novo
unban-not = { $who } não está banido de { $room }
disappear-never = as mensagens ficam em { $room }
disappear-after = novas mensagens em { $room } somem depois de { $after }
read-done = tudo em { $room } está lido
kick-done = { $who } está fora de { $room }
ping-relay = até o relay e de volta: { $time }
ping-person = até { $who } e de volta: { $time }
ping-silent = { $who } não responde
    .hint = nenhum dispositivo dela está conectado, ou ela não quer ser vista
ping-strange = você não tem sala em comum com essa pessoa
    .hint = /privado @pessoa abre uma conversa
notices-on = o lacre avisa quando alguém conecta e desconecta
notices-off = o lacre não avisa quando alguém conecta e desconecta
place-thread = { $room }, tópico “{ $text }”
poll-asked = perguntado em { $room }; /{ $vote } NÚMERO escolhe, /{ $close } encerra
vote-open = { $count ->
    [one] { $count } enquete aberta em { $room }
   *[other] { $count } enquetes abertas em { $room }
}
vote-done = seu voto em “{ $text }”: { $options }
vote-back = seu voto em “{ $text }” foi retirado
pin-done = fixada em { $room }: { $text }
pin-none = nada está fixado em { $room }
pin-title = { $count ->
    [one] { $count } mensagem fixada em { $room }
   *[other] { $count } mensagens fixadas em { $room }
}
unpin-done = não está mais fixada em { $room }: { $text }
thread-entered = { $count ->
    [one] tópico em { $room } com { $count } resposta; o que você escrever agora vai para lá, /{ $leave } sozinho sai dele
   *[other] tópico em { $room } com { $count } respostas; o que você escrever agora vai para lá, /{ $leave } sozinho sai dele
}
thread-left = o que você escrever vai para { $room } de novo
schedule-done = vai para { $room } às { $at }; o número é { $id }
schedule-none = nenhuma mensagem espera para ser enviada
schedule-title = mensagens que esperam
schedule-failed = não enviada: { $why }
schedule-cancelled = não será enviada: { $text }
away-on = os outros veem que você está ausente, até você escrever de novo
seen-on = os outros leem quando você esteve aqui pela última vez
seen-off = os outros não leem quando você esteve aqui pela última vez
mute-on = { $room } está silenciada até /silenciar off
mute-until = { $room } está silenciada até { $until }
mute-off = { $room } não está mais silenciada
name-is = você se chama { $name } (@{ $handle })
name-none = você aparece pelo seu @nome, @{ $handle }
status-is = você diz sobre si: { $status }
status-none = você não diz nada sobre si
time-now = { $time } de { $day }, { $zone }
stats-title = { $room }, como está neste dispositivo
stats-all = todas as mensagens
stats-session = esta sessão
stats-most = mais ativo
stats-hour = hora mais movimentada
stats-messages = { $count ->
    [one] { $count } mensagem
   *[other] { $count } mensagens
}

## O que aconteceu com a sala

notice-created = { $by } criou a sala
notice-joined = { $count ->
    [one] { $people } entrou na sala
   *[other] { $people } entraram na sala
}
notice-added = { $by } adicionou { $people }
notice-left = { $who } saiu da sala
notice-removed = { $by } expulsou { $who }
notice-removed-relay = o relay retirou { $who }
notice-banned = { $by } baniu { $who }
notice-unbanned = { $by } deixou { $who } voltar
notice-role = { $by } deu a { $who } o papel de { $role }
notice-renamed = { $by } mudou o nome da sala para “{ $name }”
notice-renamed-hidden = { $by } mudou o nome da sala
notice-opened = { $by } abriu a sala: qualquer pessoa pode entrar
notice-closed = { $by } fechou a sala: entra quem for adicionado
notice-disappearing = { $by } fez as mensagens desaparecerem depois de { $hours } h
notice-staying = { $by } fez as mensagens ficarem
notice-repaired = a sala foi reparada; o que foi dito enquanto isso pode faltar
notice-listed = { $by } pôs a sala na lista como “{ $name }”
notice-unlisted = { $by } tirou a sala da lista

poll-option = { $number }. { $text } ({ $votes })
poll-closed = (enquete encerrada)
note-pinned = fixada
note-forwarded = encaminhada de { $name }
note-thread = { $count ->
    [one] 1 resposta no tópico
   *[other] { $count } respostas no tópico
}
